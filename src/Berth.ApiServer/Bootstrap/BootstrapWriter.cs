using System.Net;
using System.Net.Http.Headers;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Http;

namespace Berth.ApiServer.Bootstrap;

/// <summary>
/// Writes objects through the whole pipeline, as its own user: what the server brings along passes the same admission and
/// validation as everything else. Thread-safe.
/// </summary>
/// <param name="transport">To the server, as a member of system:masters.</param>
public sealed class BootstrapWriter(HttpMessageHandler transport) : IDisposable
{
    private const string FieldManager = "berth-bootstrap";

    private readonly HttpMessageInvoker _client = new(transport);

    /// <summary>True when it was made; false when an object of that name was there.</summary>
    /// <exception cref="ApiStatusException">Any other refusal.</exception>
    public async Task<bool> CreateAsync<T>(T value, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        var path = PathOf<T>(value.Metadata.Namespace, "");
        return await SendAsync(HttpMethod.Post, path, value, HttpStatusCode.Conflict, cancellation);
    }

    /// <summary>False when somebody else wrote it, or deleted it, since it was read.</summary>
    /// <param name="subresource">Empty, or status.</param>
    public async Task<bool> UpdateAsync<T>(T value, CancellationToken cancellation, string subresource = "")
        where T : class, IApiObject<T>
    {
        var path = PathOf<T>(value.Metadata.Namespace, value.Metadata.Name) + (subresource.Length > 0 ? "/" + subresource : "");
        return await SendAsync(HttpMethod.Put, path, value, HttpStatusCode.Conflict, cancellation);
    }

    public void Dispose() => _client.Dispose();

    private static string PathOf<T>(string ns, string name)
        where T : class, IApiObject<T>
    {
        var kind = T.Kind;
        var path = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";
        if (kind.Namespaced) path += $"/namespaces/{ns}";
        path += $"/{kind.Plural}";
        return name.Length == 0 ? path : $"{path}/{Uri.EscapeDataString(name)}";
    }

    private async Task<bool> SendAsync(HttpMethod method, string path, IApiObject value, HttpStatusCode tolerated, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri($"https://localhost{path}?fieldManager={FieldManager}"));
        request.Content = new ByteArrayContent(ApiJson.Serialize(value));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        using var response = await _client.SendAsync(request, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        if (response.IsSuccessStatusCode) return true;
        if (response.StatusCode == tolerated || (method == HttpMethod.Put && response.StatusCode == HttpStatusCode.NotFound)) return false;
        throw new ApiStatusException(ApiJson.Deserialize<Status>(body));
    }
}

using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Client;

/// <summary>The one implementation of <see cref="IClusterClient"/>: JSON over HTTP, through whatever handler it is given.</summary>
/// <param name="http">Carries identity and trust; not disposed by the client.</param>
/// <param name="server">Root of the API, such as <c>https://127.0.0.1:6443/</c>.</param>
/// <param name="name">Goes into User-Agent and, where the caller names none, stands as field manager.</param>
public sealed class ClusterClient(HttpMessageInvoker http, Uri server, string name) : IClusterClient
{
    private readonly string _name = name;

    private static readonly MediaTypeHeaderValue s_json = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue s_acceptJson = new("application/json");

    public Task<T> GetAsync<T>(string? ns, string name, GetOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> =>
        SendAsync<T>(HttpMethod.Get, ResourcePath.Of(T.Kind, ns, name) + Query.Of(options), null, null, ct);

    public async Task<ResourceList<T>> ListAsync<T>(string? ns = null, ListOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        using var response = await SendAsync(HttpMethod.Get, ResourcePath.Of(T.Kind, ns) + Query.Of(options), null, null, ct).ConfigureAwait(false);
        return ResourceList<T>.Deserialize(await BodyAsync(response, ct).ConfigureAwait(false));
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? ns, ListOptions options, [EnumeratorCancellation] CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        using var response = await SendAsync(HttpMethod.Get, ResourcePath.Of(T.Kind, ns) + Query.Of(options, watch: true), null, null, ct).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await foreach (var item in WatchStream.ReadAsync<T>(stream, ct).ConfigureAwait(false))
                yield return item;
        }
    }

    public Task<T> CreateAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> =>
        SendAsync<T>(HttpMethod.Post, ResourcePath.Of(T.Kind, NamespaceOf(value)) + Query.Of(options, _name), ApiJson.Serialize(value), s_json, ct);

    public Task<T> UpdateAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => PutAsync(value, null, options, ct);

    public Task<T> UpdateStatusAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => PutAsync(value, "status", options, ct);

    public Task<T> UpdateSubresourceAsync<T>(T value, string subresource, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => PutAsync(value, subresource, options, ct);

    public Task<T> PatchAsync<T>(string? ns, string name, Patch patch, string? subresource = null, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> =>
        SendAsync<T>(HttpMethod.Patch, ResourcePath.Of(T.Kind, ns, name, subresource) + Query.Of(options, _name), patch.Body, new MediaTypeHeaderValue(patch.ContentType), ct);

    public async Task DeleteAsync<T>(string? ns, string name, DeleteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        var body = options is null ? (ReadOnlyMemory<byte>?)null : ApiJson.Serialize(options);
        using var response = await SendAsync(HttpMethod.Delete, ResourcePath.Of(T.Kind, ns, name), body, s_json, ct).ConfigureAwait(false);
    }

    public async Task DeleteCollectionAsync<T>(string? ns, ListOptions? selection = null, DeleteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        var body = options is null ? (ReadOnlyMemory<byte>?)null : ApiJson.Serialize(options);
        using var response = await SendAsync(HttpMethod.Delete, ResourcePath.Of(T.Kind, ns) + Query.Of(selection), body, s_json, ct).ConfigureAwait(false);
    }

    public Task<TResult> CreateSubresourceAsync<T, TBody, TResult>(string? ns, string name, string subresource, TBody body, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>
        where TBody : class, IApiObject<TBody>
        where TResult : class, IApiObject<TResult> =>
        SendAsync<TResult>(HttpMethod.Post, ResourcePath.Of(T.Kind, ns, name, subresource) + Query.Of(options, _name), ApiJson.Serialize(body), s_json, ct);

    /// <summary>Server-side apply of a manifest of any kind, as JSON; takes fields from other owners.</summary>
    public async Task ApplyRawAsync(KindInfo kind, string? ns, string name, ReadOnlyMemory<byte> json, string manager, CancellationToken ct = default)
    {
        var query = Query.Of(new WriteOptions { FieldManager = manager, Force = true }, _name);
        using var response = await SendAsync(HttpMethod.Patch, ResourcePath.Of(kind, ns, name) + query, json, new MediaTypeHeaderValue("application/apply-patch+yaml"), ct).ConfigureAwait(false);
    }

    public async Task<byte[]> GetRawAsync(string path, CancellationToken ct = default)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, null, ct).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false);
    }

    

    private static string? NamespaceOf(IApiObject value) => value.Metadata.Namespace.Length > 0 ? value.Metadata.Namespace : null;

    private Task<T> PutAsync<T>(T value, string? subresource, WriteOptions? options, CancellationToken ct)
        where T : class, IApiObject<T>
    {
        var path = ResourcePath.Of(T.Kind, NamespaceOf(value), value.Metadata.Name, subresource);
        return SendAsync<T>(HttpMethod.Put, path + Query.Of(options, _name), ApiJson.Serialize(value), s_json, ct);
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, ReadOnlyMemory<byte>? body, MediaTypeHeaderValue? type, CancellationToken ct)
        where T : class, IApiObject<T>
    {
        using var response = await SendAsync(method, path, body, type, ct).ConfigureAwait(false);
        var bytes = await BodyAsync(response, ct).ConfigureAwait(false);
        // A POST of a Binding or an Eviction is answered with a Status: success has no object to show.
        return IsStatus<T>(bytes) ? T.Kind.ReadJson("{}"u8, null) as T ?? throw new InvalidOperationException() : ApiJson.Deserialize<T>(bytes);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte>? body, MediaTypeHeaderValue? type, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(server, path)) { Version = System.Net.HttpVersion.Version20 };
        request.Headers.Accept.Add(s_acceptJson);
        request.Headers.TryAddWithoutValidation("User-Agent", _name);
        if (body is { } bytes)
        {
            request.Content = new ReadOnlyMemoryContent(bytes);
            request.Content.Headers.ContentType = type;
        }

        var response = await http.SendAsync(request, ct).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await Refusal.OfAsync(response, ct).ConfigureAwait(false);
    }

    private static async Task<byte[]> BodyAsync(HttpResponseMessage response, CancellationToken ct) =>
        await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false);

    private static bool IsStatus<T>(ReadOnlySpan<byte> body)
        where T : class, IApiObject<T> =>
        T.Kind.Kind != "Status" && body.StartsWith("{\"kind\":\"Status\","u8);
}

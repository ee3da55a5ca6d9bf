using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Berth.Api.ApiRegistration.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Subresources;
using Berth.ApiServer.Webhooks;

namespace Berth.ApiServer.Aggregation;

/// <summary>One version of an API that another server answers for, behind a Service of the cluster.</summary>
internal sealed class AggregatedApi : IApiHandler, IDisposable
{
    // Says who asks when the server itself does, to learn what is served there.
    private static readonly UserInfo s_self = UserInfo.Of("system:kube-aggregator", UserInfo.MastersGroup);

    // Several times what Kubernetes itself has to say.
    private const long DocumentBytesMax = 32 * 1024 * 1024;

    private readonly IObjectReader _objects;
    private readonly HttpMessageInvoker _transport;

    /// <param name="identity">Shown to the other server, so that it believes who is said to ask. Null: none.</param>
    public AggregatedApi(IObjectReader objects, APIService source, Func<X509Certificate2>? identity)
    {
        _objects = objects;
        Source = source;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectCallback = ConnectAsync };

        // One request a connection: its head is looked at while it is written.
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        handler.PlaintextStreamFilter = static (context, _) => new ValueTask<Stream>(new RepeatedHeaders(context.PlaintextStream));
        if (source.Spec.InsecureSkipTLSVerify)
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        else if (source.Spec.CaBundle is { IsEmpty: false } authority)
            handler.SslOptions.CertificateChainPolicy = WebhookClient.PolicyOf(authority.Span);
        if (identity is not null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => identity();
        _transport = new HttpMessageInvoker(handler);
    }

    public APIService Source { get; }

    public string Group => Source.Spec.Group;

    public string Version => Source.Spec.Version;

    private static bool IsAvailable(APIService source) => source.Status.Conditions.Any(c => c is { Type: "Available", Status: "True" });

    public async Task HandleAsync(ApiRequest request)
    {
        if (await _objects.GetAsync<APIService>(null, Source.Metadata.Name, request.Cancellation).ConfigureAwait(false) is not { } now || !IsAvailable(now))
            throw ApiStatusException.ServiceUnavailable("service unavailable");
        var target = new UriBuilder(Address) { Path = request.Http.Request.Path.Value, Query = request.Http.Request.QueryString.Value };
        await ProxyRequest.ForwardAsync(request, _transport, target.Uri, prepare: outgoing => Introduce(outgoing, request.User)).ConfigureAwait(false);
    }

    /// <summary>Asks the other server for a document of its own.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached, or does not answer with success.</exception>
    public async Task<byte[]> GetAsync(string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(Address) { Path = path }.Uri);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        Introduce(request, s_self);
        using var response = await _transport.SendAsync(request, cancellation).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks for a document unless it is still the one that is known.</summary>
    /// <param name="address">Path, perhaps with a query.</param>
    /// <param name="tag">Of the known one; empty: none is.</param>
    /// <returns>No bytes when it is the known one, or there is none.</returns>
    /// <exception cref="HttpRequestException">The server cannot be reached, fails, or answers with more than a document can have.</exception>
    public async Task<(byte[]? Json, string Tag)> GetDocumentAsync(string address, string tag, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, address));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (tag.Length > 0)
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        Introduce(request, s_self);
        using var response = await _transport.SendAsync(request, cancellation).ConfigureAwait(false);
        var answered = response.Headers.ETag?.ToString() ?? "";
        if (response.StatusCode == System.Net.HttpStatusCode.NotModified)
            return (null, tag);
        if (response.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.NotAcceptable)
            return (null, "");
        response.EnsureSuccessStatusCode();
        if (response.Content.Headers.ContentLength > DocumentBytesMax)
            throw new HttpRequestException($"a document of {response.Content.Headers.ContentLength} bytes");
        await response.Content.LoadIntoBufferAsync(DocumentBytesMax, cancellation).ConfigureAwait(false);
        return (await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false), answered);
    }

    public void Dispose() => _transport.Dispose();

    public Uri Address => new($"https://{Source.Spec.Service!.Name}.{Source.Spec.Service.Namespace}.svc:{Source.Spec.Service.Port ?? 443}");

    private static void Introduce(HttpRequestMessage outgoing, UserInfo user)
    {
        // Whatever the client itself says of who it is says nothing.
        foreach (var name in outgoing.Headers.Select(h => h.Key)
            .Where(n => n.StartsWith("X-Remote-", StringComparison.OrdinalIgnoreCase) || n.StartsWith("X-Berth-", StringComparison.OrdinalIgnoreCase)).ToList())
            outgoing.Headers.Remove(name);
        outgoing.Headers.TryAddWithoutValidation("X-Remote-User", user.Name);
        if (user.Uid.Length > 0)
            outgoing.Headers.TryAddWithoutValidation("X-Remote-Uid", user.Uid);
        var index = 0;
        foreach (var group in user.Groups)
            RepeatedHeaders.Add(outgoing, index++, "X-Remote-Group", group);
        foreach (var (key, values) in user.Extra)
        {
            foreach (var value in values)
                RepeatedHeaders.Add(outgoing, index++, "X-Remote-Extra-" + Uri.EscapeDataString(key.ToLowerInvariant()), value);
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var service = Source.Spec.Service!;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var address = await ServiceAddress.FindAsync(_objects, service.Namespace, service.Name, service.Port ?? 443, cancellation).ConfigureAwait(false);
            await socket.ConnectAsync(address, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (WebhookException e)
        {
            socket.Dispose();
            throw new HttpRequestException(e.Message, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

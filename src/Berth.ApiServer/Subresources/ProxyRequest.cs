using System.Globalization;
using System.Net.Security;
using System.Text;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.ApiServer.Subresources;

/// <summary>
/// Hands a request on to a server behind the API server and its answer back, as they are. A connection that both ends
/// agree to upgrade (SPDY, WebSocket) becomes a pipe: the API server does not look into what flows through it.
/// </summary>
internal static class ProxyRequest
{
    private const int CopyBytes = 32 * 1024;

    // Larger pages are streamed, with their links as they are.
    private const int PageBytesMax = 8 * 1024 * 1024;

    // The client's rights at the API server are not the backend's business; the rest concern one connection alone.
    private static readonly HashSet<string> s_notForwarded = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Authorization", "Cookie", "Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Proxy-Connection",
        "Content-Length", "Impersonate-User", "Impersonate-Group", "Impersonate-Uid", "X-Remote-User", "X-Remote-Group",
    };

    private static readonly HashSet<string> s_notReturned = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Transfer-Encoding", "Trailer", "Upgrade", "Content-Length",
    };

    /// <summary>A transport to backends of which nothing is known: no redirects are followed, no certificate is checked.</summary>
    public static HttpMessageInvoker OpenTransport() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(30),
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    });

    /// <param name="rewriteRoot">Path under which clients see the backend: put before what its redirects point to. Null: redirects stay.</param>
    /// <param name="errorsAsStatus">Refusals of the backend become a Status, as those of log streams do.</param>
    /// <param name="prepare">Changes what is sent, last.</param>
    public static async Task ForwardAsync(
        ApiRequest request, HttpMessageInvoker transport, Uri target, string? rewriteRoot = null, bool errorsAsStatus = false, Action<HttpRequestMessage>? prepare = null)
    {
        var http = request.Http;
        var upgrade = http.Request.Headers.Connection.ToString().Contains("upgrade", StringComparison.OrdinalIgnoreCase)
            ? http.Request.Headers.Upgrade.ToString() : "";
        using var outgoing = Outgoing(http.Request, target, upgrade);
        prepare?.Invoke(outgoing);
        using var response = await SendAsync(request, transport, outgoing).ConfigureAwait(false);
        if (upgrade.Length > 0 && (int)response.StatusCode == StatusCodes.Status101SwitchingProtocols)
            await TunnelAsync(http, response).ConfigureAwait(false);
        else if (errorsAsStatus && (int)response.StatusCode >= 300)
            throw await RefusalAsync(response, request.Cancellation).ConfigureAwait(false);
        else
            await CopyAsync(http, response, target, rewriteRoot).ConfigureAwait(false);
    }

    /// <exception cref="ApiStatusException">503: the backend cannot be reached.</exception>
    public static async Task<HttpResponseMessage> SendAsync(ApiRequest request, HttpMessageInvoker transport, HttpRequestMessage outgoing)
    {
        try
        {
            return await transport.SendAsync(outgoing, request.Cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new ApiStatusException(new Status
            {
                StatusValue = "Failure",
                Message = $"error trying to reach service: {e.Message}",
                Reason = "ServiceUnavailable",
                Code = 503,
            });
        }
    }

    private static HttpRequestMessage Outgoing(HttpRequest request, Uri target, string upgrade)
    {
        var outgoing = new HttpRequestMessage(new HttpMethod(request.Method), target) { Version = System.Net.HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var hasBody = upgrade.Length == 0 && (request.ContentLength > 0 || request.Headers.ContainsKey("Transfer-Encoding"));
        if (hasBody)
        {
            outgoing.Content = new StreamContent(request.Body);
            if (request.ContentLength is { } length)
                outgoing.Content.Headers.ContentLength = length;
        }

        foreach (var (name, values) in request.Headers)
        {
            if (s_notForwarded.Contains(name) || name.StartsWith(':'))
                continue;
            if (!outgoing.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                outgoing.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        if (upgrade.Length > 0)
        {
            outgoing.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            outgoing.Headers.TryAddWithoutValidation("Upgrade", upgrade);
        }

        if (request.HttpContext.Connection.RemoteIpAddress is { } client)
            outgoing.Headers.TryAddWithoutValidation("X-Forwarded-For", client.ToString());
        outgoing.Headers.TryAddWithoutValidation("X-Forwarded-Uri", request.Path.Value);
        if (request.Host.HasValue)
            outgoing.Headers.TryAddWithoutValidation("X-Forwarded-Host", request.Host.Value);
        outgoing.Headers.TryAddWithoutValidation("X-Forwarded-Proto", request.Scheme);
        return outgoing;
    }

    private static async Task TunnelAsync(HttpContext http, HttpResponseMessage response)
    {
        if (http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
            throw ApiStatusException.BadRequest("this connection cannot be upgraded: use HTTP/1.1");
        foreach (var (name, values) in response.Headers)
        {
            if (name is "Upgrade" or "Connection" || !s_notReturned.Contains(name))
                http.Response.Headers[name] = values.ToArray();
        }

        await using var backend = await response.Content.ReadAsStreamAsync(http.RequestAborted).ConfigureAwait(false);
        await using var client = await upgrade.UpgradeAsync().ConfigureAwait(false);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var toBackend = PumpAsync(client, backend, ended);
        var toClient = PumpAsync(backend, client, ended);
        await Task.WhenAll(toBackend, toClient).ConfigureAwait(false);
    }

    // The first end that closes ends both ways: neither protocol goes on with half a connection.
    private static async Task PumpAsync(Stream from, Stream to, CancellationTokenSource ended)
    {
        try
        {
            var buffer = new byte[CopyBytes];
            int read;
            while ((read = await from.ReadAsync(buffer, ended.Token).ConfigureAwait(false)) > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), ended.Token).ConfigureAwait(false);
                await to.FlushAsync(ended.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side went away, which is how these connections end.
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }

    private static async Task CopyAsync(HttpContext http, HttpResponseMessage response, Uri target, string? rewriteRoot)
    {
        http.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!s_notReturned.Contains(name))
                http.Response.Headers[name] = values.ToArray();
        }

        if (response.Content.Headers.ContentLength is { } length)
            http.Response.ContentLength = length;
        if (rewriteRoot is not null && http.Response.Headers.Location.ToString() is { Length: > 0 } location)
            http.Response.Headers.Location = Relocated(location, target, rewriteRoot);
        if (HttpMethods.IsHead(http.Request.Method) || response.StatusCode is System.Net.HttpStatusCode.NoContent or System.Net.HttpStatusCode.NotModified)
            return;
        if (rewriteRoot is not null && IsPage(response))
        {
            http.Response.ContentLength = null;
            var html = await response.Content.ReadAsStringAsync(http.RequestAborted).ConfigureAwait(false);
            await http.Response.WriteAsync(HtmlLinks.Rewrite(html, rewriteRoot, target.Authority), http.RequestAborted).ConfigureAwait(false);
            return;
        }

        await http.Response.StartAsync(http.RequestAborted).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
        await using var body = await response.Content.ReadAsStreamAsync(http.RequestAborted).ConfigureAwait(false);
        var buffer = new byte[CopyBytes];
        int read;
        // Each piece at once: a followed log has no end to wait for.
        while ((read = await body.ReadAsync(buffer, http.RequestAborted).ConfigureAwait(false)) > 0)
        {
            await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), http.RequestAborted).ConfigureAwait(false);
            await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
        }
    }

    // Compressed pages go as they are: who asks for them through a proxy asks for the bytes.
    private static bool IsPage(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType == "text/html" && response.Content.Headers.ContentEncoding.Count == 0
        && response.Content.Headers.ContentLength is not > PageBytesMax;

    private static string Relocated(string location, Uri target, string root)
    {
        if (location.StartsWith('/') && !location.StartsWith("//", StringComparison.Ordinal))
            return location.StartsWith(root + "/", StringComparison.Ordinal) ? location : root + location;
        return Uri.TryCreate(location, UriKind.Absolute, out var absolute) && absolute.Authority == target.Authority
            ? root + absolute.PathAndQuery + absolute.Fragment
            : location;
    }

    /// <summary>What a backend says when it does not do what it was asked, as a Status.</summary>
    public static async Task<ApiStatusException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        // A message, not a body: what is longer is cut.
        const int MessageBytesMax = 8 * 1024;
        await using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[MessageBytesMax];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        var message = Encoding.UTF8.GetString(buffer, 0, length).Trim();
        return (int)response.StatusCode switch
        {
            400 => ApiStatusException.BadRequest(message),
            404 => new ApiStatusException(new Status { StatusValue = "Failure", Message = $"the server could not find the requested resource ({message})", Reason = "NotFound", Code = 404 }),
            500 => ApiStatusException.InternalError(message),
            var code => new ApiStatusException(new Status
            {
                StatusValue = "Failure",
                Message = message.Length > 0 ? message : string.Create(CultureInfo.InvariantCulture, $"the node answered {code}"),
                Code = code,
            }),
        };
    }
}

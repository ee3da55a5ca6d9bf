using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api.Core.V1;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Webhooks;

/// <summary>
/// Asks webhooks over HTTPS. Connections are kept for each set of authorities; those to Services go to their cluster address.
/// </summary>
public sealed class WebhookClient(IObjectReader objects) : IDisposable
{
    // A review carries two objects and comes back with a patch; more than twice the largest object is no answer.
    private const int AnswerBytesMax = 8 * 1024 * 1024;

    // Authorities change with certificates. Past this, somebody changes them in a loop.
    private const int TransportsMax = 256;

    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _transports = new(StringComparer.Ordinal);

    /// <summary>Posts a review and gives back the answer.</summary>
    /// <param name="timeout">Told to the webhook too.</param>
    /// <exception cref="WebhookException">The webhook did not answer, or not with JSON.</exception>
    public async Task<JsonObject> AskAsync(WebhookTarget target, JsonObject review, TimeSpan timeout, CancellationToken cancellation)
    {
        var address = new UriBuilder(target.Address) { Query = $"timeout={(int)timeout.TotalSeconds}s" }.Uri;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Version = HttpVersion.Version11 };
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Content = new ByteArrayContent(JsonTree.ToBytes(review));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await TransportOf(target).SendAsync(request, limit.Token).ConfigureAwait(false);
            var body = await ReadAsync(response.Content, limit.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new WebhookException($"an error on the server (\"{Beginning(body)}\") has prevented the request from succeeding");
            return JsonTree.Parse(body) as JsonObject ?? throw new WebhookException("the answer is no JSON object");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new WebhookException($"Post \"{address}\": context deadline exceeded");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or SocketException or CryptographicException)
        {
            throw new WebhookException($"Post \"{address}\": {Reason(e)}", e);
        }
    }

    public void Dispose()
    {
        foreach (var transport in _transports.Values)
            transport.Dispose();
    }

    private HttpMessageInvoker TransportOf(WebhookTarget target)
    {
        var key = target.Authority is null ? "" : Convert.ToHexString(SHA256.HashData(target.Authority.Span));
        if (_transports.TryGetValue(key, out var known))
            return known;
        if (_transports.Count >= TransportsMax)
            _transports.Clear();
        return _transports.GetOrAdd(key, _ => Open(target));
    }

    private HttpMessageInvoker Open(WebhookTarget target)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = target.Url is not null,
            PooledConnectionIdleTimeout = s_idle,
            ConnectCallback = ConnectAsync,
        };
        if (target.Authority is { } authority)
            handler.SslOptions.CertificateChainPolicy = PolicyOf(authority.Span);
        return new HttpMessageInvoker(handler);
    }

    /// <summary>Trusts the given authorities and no others.</summary>
    internal static X509ChainPolicy PolicyOf(ReadOnlySpan<byte> pem)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(Encoding.UTF8.GetString(pem));
        // The purpose that TLS asks for: a server's certificate.
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        return policy;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
            if (ServiceAddress.TryParse(host, out var ns, out var name))
                await socket.ConnectAsync(await ServiceAddress.FindAsync(objects, ns, name, port, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            else
                await socket.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            if (body.Length + read > AnswerBytesMax)
                throw new WebhookException($"the answer is larger than {AnswerBytesMax} bytes");
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static string Beginning(byte[] body) => Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 256))).Trim();

    private static string Reason(Exception e) => e is HttpRequestException { InnerException: { } inner } ? $"{e.Message} {inner.Message}" : e.Message;
}

using System.Text;
using Berth.Api.Core.V1;

namespace Berth.Node.Probes;

/// <summary>HTTP requests of probes and hooks: straight to the pod, no proxy, any certificate, a connection each.</summary>
public sealed class ProbeHttp : IDisposable
{
    // Bodies are only for messages.
    private const int BodyBytesMax = 10 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        AllowAutoRedirect = false,
        SslOptions = new System.Net.Security.SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    public sealed record Answer(int Status, string Body);

    public async Task<Answer> GetAsync(HTTPGetAction get, int port, string podIp, CancellationToken ct)
    {
        var host = get.Host.Length > 0 ? get.Host : podIp;
        var scheme = get.Scheme.Length > 0 ? get.Scheme.ToLowerInvariant() : "http";
        var path = get.Path.StartsWith('/') ? get.Path : "/" + get.Path;
        var address = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{scheme}://{address}:{port}{path}"));
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.36");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.ConnectionClose = true;
        foreach (var header in get.HttpHeaders)
        {
            if (header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.Host = header.Value;
                continue;
            }

            request.Headers.Remove(header.Name);
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var bytes = new byte[BodyBytesMax];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        return new Answer((int)response.StatusCode, Encoding.UTF8.GetString(bytes, 0, length));
    }

    public void Dispose() => _http.Dispose();
}

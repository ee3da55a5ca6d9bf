using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Berth.Node.Probes;

/// <summary>The standard health check of gRPC servers (grpc.health.v1.Health/Check) over unencrypted HTTP/2. Its two messages are one field each, so they are written and read by hand.</summary>
public static class GrpcHealth
{
    private const byte StatusServing = 1;

    private static readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero });

    public static async Task<ProbeOutcome> CheckAsync(string ip, int port, string service, CancellationToken ct)
    {
        var name = Encoding.UTF8.GetBytes(service);
        // Field 1, a string; the five bytes in front are gRPC's: uncompressed, length.
        byte[] message = name.Length == 0 ? [] : [0x0a, (byte)name.Length, .. name];
        byte[] frame = [0, 0, 0, 0, (byte)message.Length, .. message];
        if (name.Length > 120) return new ProbeOutcome(false, "service name too long");
        var host = ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]" : ip;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{host}:{port}/grpc.health.v1.Health/Check")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.36");
        using var response = await _http.SendAsync(request, ct);
        var body = await response.Content.ReadAsByteArrayAsync(ct);
        var headers = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        var status = headers.TryGetValues("grpc-status", out var values) ? values.First() : "";
        if (status == "12") return new ProbeOutcome(false, "error: this server does not implement the grpc health protocol (grpc.health.v1.Health)");
        if (status != "0") return new ProbeOutcome(false, $"error: health rpc probe failed with gRPC status {status}");
        return body.Length >= 7 && body[5] == 0x08 && body[6] == StatusServing
            ? new ProbeOutcome(true, "service healthy")
            : new ProbeOutcome(false, $"service unhealthy (responded with \"{(body.Length >= 7 ? body[6] : 0)}\")");
    }
}

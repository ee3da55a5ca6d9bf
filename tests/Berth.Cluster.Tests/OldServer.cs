using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Berth.Cluster.Tests;

/// <summary>An HTTPS server whose clock is off: it answers every request with 404 and its own time.</summary>
internal static class OldServer
{
    public static async Task ServeAsync(TcpListener listener, TimeSpan off, CancellationToken ct)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=old", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-2), now.AddDays(2));
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(ct);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(certificate);
            await tls.ReadAtLeastAsync(new byte[4096], 1, false, ct);
            var date = (TimeProvider.System.GetUtcNow() + off).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 404 Not Found\r\nDate: {date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), ct);
        }
    }
}

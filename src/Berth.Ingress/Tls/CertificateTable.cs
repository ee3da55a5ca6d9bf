using System.Collections.Frozen;
using System.Net.Security;

namespace Berth.Ingress.Tls;

/// <summary>Which certificate a client is shown, by the name that it asks for (SNI). Immutable: handshakes take the newest table, connections keep what they have.</summary>
internal sealed class CertificateTable(IReadOnlyDictionary<string, SslStreamCertificateContext> byHost, SslStreamCertificateContext fallback)
{
    private readonly FrozenDictionary<string, SslStreamCertificateContext> _byHost = byHost.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public SslStreamCertificateContext Find(string? host)
    {
        if (string.IsNullOrEmpty(host))
            return fallback;
        if (_byHost.TryGetValue(host, out var found))
            return found;
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byHost.TryGetValue($"*{host[dot..]}", out found) ? found : fallback;
    }
}

using System.Net;

namespace Berth.ApiServer.Pki;

/// <summary>What the certificates of one server are made for.</summary>
public sealed record PkiOptions
{
    /// <summary>DNS names of the server beside the fixed ones (localhost, kubernetes.default.svc, ...): the host's name.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>Addresses of the server beside loopback: those it listens on and the one it advertises.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Its first address is that of the Service default/kubernetes, which clients in pods speak to.</summary>
    public IPNetwork ServiceCidr { get; init; } = IPNetwork.Parse("10.43.0.0/16");

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Of server and client certificates. They are made anew when less than a third of it remains.</summary>
    public TimeSpan CertificateLifetime { get; init; } = TimeSpan.FromDays(365);

    public TimeSpan AuthorityLifetime { get; init; } = TimeSpan.FromDays(3650);
}

using System.Collections.Immutable;
using System.Net;

namespace Berth.Network.Dns;

/// <summary>How names outside the cluster are resolved.</summary>
public sealed record DnsForwarderOptions
{
    /// <summary>Servers to ask, in order of preference. Empty: those of <see cref="ResolvConf"/>, read again when the file changes.</summary>
    public ImmutableArray<IPEndPoint> Servers { get; init; } = [];

    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>Addresses that are never asked, because they lead back here: a host's resolv.conf may name the cluster's own DNS.</summary>
    public ImmutableArray<IPAddress> Excluded { get; init; } = [];

    /// <summary>How long one server has to answer one attempt. Clients give up after 5 s by default, so that two servers get their turn.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Attempts over all servers before SERVFAIL.</summary>
    public int AttemptsMax { get; init; } = 3;

    /// <summary>Queries waiting for upstream servers; more are answered SERVFAIL at once. Each holds a socket and about 2 KiB.</summary>
    public int InFlightMax { get; init; } = 1000;

    /// <summary>Kept answers. At some 200 bytes each, 4 MiB at most in practice.</summary>
    public int CacheEntriesMax { get; init; } = 10_000;

    /// <summary>Upper bound for the TTL of kept answers, as CoreDNS in a kubeadm cluster is set up (30 s).</summary>
    public TimeSpan PositiveTtlMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Upper bound for kept negative answers; names are often looked up just before they exist.</summary>
    public TimeSpan NegativeTtlMax { get; init; } = TimeSpan.FromSeconds(10);
}

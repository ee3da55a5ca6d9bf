using System.Collections.Immutable;
using System.Net;

namespace Berth.Network.Dns;

/// <summary>How cluster DNS is set up.</summary>
public sealed record ClusterDnsOptions
{
    /// <summary>Where the Service that containers' resolv.conf points to lives; the name is the one that tools look for.</summary>
    public const string ServiceNamespace = "kube-system";
    public const string ServiceName = "kube-dns";

    public string Zone { get; init; } = "cluster.local";

    /// <summary>Cluster address of the kube-dns Service: the tenth of the Service network.</summary>
    public required IPAddress ServiceAddress { get; init; }

    /// <summary>
    /// Address to listen on: the pod bridge's own, which pods and the host reach and the outside does not. It need not exist yet. The
    /// Service's endpoint points to it, so it must not be a loopback or link-local address (the API refuses those as endpoints).
    /// </summary>
    public required IPAddress ListenAddress { get; init; }

    /// <summary>Ports to try in turn: another server on the machine may hold port 53 of every address. 0 means any; it stands twice, because the number given for UDP may be taken for TCP.</summary>
    public ImmutableArray<int> ListenPorts { get; init; } = [53, 10053, 0, 0];

    /// <summary>Pod and Service networks, whose reverse names are ours.</summary>
    public ImmutableArray<IPNetwork> OwnNetworks { get; init; } = [];

    /// <summary>Whether the server keeps the kube-dns Service and its only slice. False where a controller leads that Service to many servers.</summary>
    public bool KeepsService { get; init; } = true;

    public DnsForwarderOptions Forwarder { get; init; } = new();
}

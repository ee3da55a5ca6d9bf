using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Pods and ports of a Service, and how they are reached.</summary>
public sealed partial record ServiceSpec
{
    /// <summary>The ports.</summary>
    [Field(1), ListMap("port", "protocol"), PatchStrategy("merge", "port")]
    public ApiList<ServicePort> Ports { get; init; } = [];

    /// <summary>Labels of the pods behind it. Empty: somebody else keeps its EndpointSlices.</summary>
    [Field(2), Atomic]
    public ApiMap<string> Selector { get; init; } = [];

    /// <summary>
    /// Address of the Service; None for a headless one, whose name leads to the pods themselves. Given by the server when it is absent.
    /// </summary>
    [Field(3)]
    public string ClusterIP { get; init; } = "";

    /// <summary>
    /// ClusterIP has an address within the cluster; NodePort a port of every node besides; LoadBalancer an address outside besides;
    /// ExternalName is only another name in DNS. Default: ClusterIP.
    /// </summary>
    [Field(4)]
    public string Type { get; init; } = "";

    /// <summary>Further addresses whose traffic the nodes take for the Service; somebody else has to bring it to the nodes.</summary>
    [Field(5)]
    public ApiList<string> ExternalIPs { get; init; } = [];

    /// <summary>ClientIP keeps a client with its endpoint; None does not. Default: None.</summary>
    [Field(7)]
    public string SessionAffinity { get; init; } = "";

    /// <summary>Address that is wished for. Deprecated: each provider has annotations of its own.</summary>
    [Field(8)]
    public string LoadBalancerIP { get; init; } = "";

    /// <summary>Ranges of clients that may use the load balancer; absent: all.</summary>
    [Field(9)]
    public ApiList<string> LoadBalancerSourceRanges { get; init; } = [];

    /// <summary>Name that an ExternalName leads to, as CNAME.</summary>
    [Field(10)]
    public string ExternalName { get; init; } = "";

    /// <summary>
    /// Local sends traffic from outside only to pods of the node that it comes to, and keeps the client's address; Cluster sends it to all.
    /// Default: Cluster.
    /// </summary>
    [Field(11)]
    public string ExternalTrafficPolicy { get; init; } = "";

    /// <summary>Port of every node that tells load balancers whether pods are there; for externalTrafficPolicy Local. Given by the server.</summary>
    [Field(12)]
    public int HealthCheckNodePort { get; init; }

    /// <summary>True names pods also before they are ready, for members that must find each other to become so. Default: false.</summary>
    [Field(13)]
    public bool PublishNotReadyAddresses { get; init; }

    /// <summary>For how long.</summary>
    [Field(14)]
    public SessionAffinityConfig? SessionAffinityConfig { get; init; }

    /// <summary>SingleStack, PreferDualStack (two families where the cluster has them) or RequireDualStack. Default: SingleStack.</summary>
    [Field(17)]
    public string? IpFamilyPolicy { get; init; }

    /// <summary>Addresses of the Service, one for each family, two at most; the first equals clusterIP.</summary>
    [Field(18)]
    public ApiList<string> ClusterIPs { get; init; } = [];

    /// <summary>IPv4, IPv6 or both, the main one first.</summary>
    [Field(19)]
    public ApiList<string> IpFamilies { get; init; } = [];

    /// <summary>False gives a load balancer no node ports. Default: true.</summary>
    [Field(20)]
    public bool? AllocateLoadBalancerNodePorts { get; init; }

    /// <summary>Who serves the load balancer; absent: the cluster's default. It cannot change.</summary>
    [Field(21)]
    public string? LoadBalancerClass { get; init; }

    /// <summary>Local sends traffic from within only to pods of the same node; Cluster sends it to all. Default: Cluster.</summary>
    [Field(22)]
    public string? InternalTrafficPolicy { get; init; }

    /// <summary>
    /// Which endpoints are preferred: PreferSameZone, PreferSameNode, or PreferClose, the older name of PreferSameZone. Absent: all alike.
    /// </summary>
    [Field(23)]
    public string? TrafficDistribution { get; init; }
}

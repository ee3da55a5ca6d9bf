using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ServiceSpec
{
    [Field(1), ListMap("port", "protocol"), PatchStrategy("merge", "port")]
    public ApiList<ServicePort> Ports { get; init; } = [];

    [Field(2), Atomic]
    public ApiMap<string> Selector { get; init; } = [];

    [Field(3)]
    public string ClusterIP { get; init; } = "";

    [Field(4)]
    public string Type { get; init; } = "";

    [Field(5)]
    public ApiList<string> ExternalIPs { get; init; } = [];

    [Field(7)]
    public string SessionAffinity { get; init; } = "";

    [Field(8)]
    public string LoadBalancerIP { get; init; } = "";

    [Field(9)]
    public ApiList<string> LoadBalancerSourceRanges { get; init; } = [];

    [Field(10)]
    public string ExternalName { get; init; } = "";

    [Field(11)]
    public string ExternalTrafficPolicy { get; init; } = "";

    [Field(12)]
    public int HealthCheckNodePort { get; init; }

    [Field(13)]
    public bool PublishNotReadyAddresses { get; init; }

    [Field(14)]
    public SessionAffinityConfig? SessionAffinityConfig { get; init; }

    [Field(17)]
    public string? IpFamilyPolicy { get; init; }

    [Field(18)]
    public ApiList<string> ClusterIPs { get; init; } = [];

    [Field(19)]
    public ApiList<string> IpFamilies { get; init; } = [];

    [Field(20)]
    public bool? AllocateLoadBalancerNodePorts { get; init; }

    [Field(21)]
    public string? LoadBalancerClass { get; init; }

    [Field(22)]
    public string? InternalTrafficPolicy { get; init; }

    [Field(23)]
    public string? TrafficDistribution { get; init; }
}

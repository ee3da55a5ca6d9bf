using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodSpec
{
    [Field(1), ListMap("name"), PatchStrategy("merge,retainKeys", "name")]
    public ApiList<Volume> Volumes { get; init; } = [];

    [Field(2, Always = true, Required = true), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<Container> Containers { get; init; } = [];

    [Field(3)]
    public string RestartPolicy { get; init; } = "";

    [Field(4)]
    public long? TerminationGracePeriodSeconds { get; init; }

    [Field(5)]
    public long? ActiveDeadlineSeconds { get; init; }

    [Field(6)]
    public string DnsPolicy { get; init; } = "";

    [Field(7), Atomic]
    public ApiMap<string> NodeSelector { get; init; } = [];

    [Field(8)]
    public string ServiceAccountName { get; init; } = "";

    [Field(9)]
    public string ServiceAccount { get; init; } = "";

    [Field(10)]
    public string NodeName { get; init; } = "";

    [Field(11)]
    public bool HostNetwork { get; init; }

    [Field(12)]
    public bool HostPID { get; init; }

    [Field(13)]
    public bool HostIPC { get; init; }

    [Field(14)]
    public PodSecurityContext? SecurityContext { get; init; }

    [Field(15), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<LocalObjectReference> ImagePullSecrets { get; init; } = [];

    [Field(16)]
    public string Hostname { get; init; } = "";

    [Field(17)]
    public string Subdomain { get; init; } = "";

    [Field(18)]
    public Affinity? Affinity { get; init; }

    [Field(19)]
    public string SchedulerName { get; init; } = "";

    [Field(20), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<Container> InitContainers { get; init; } = [];

    [Field(21)]
    public bool? AutomountServiceAccountToken { get; init; }

    [Field(22)]
    public ApiList<Toleration> Tolerations { get; init; } = [];

    [Field(23), ListMap("ip"), PatchStrategy("merge", "ip")]
    public ApiList<HostAlias> HostAliases { get; init; } = [];

    [Field(24)]
    public string PriorityClassName { get; init; } = "";

    [Field(25)]
    public int? Priority { get; init; }

    [Field(26)]
    public PodDNSConfig? DnsConfig { get; init; }

    [Field(27)]
    public bool? ShareProcessNamespace { get; init; }

    [Field(28)]
    public ApiList<PodReadinessGate> ReadinessGates { get; init; } = [];

    [Field(29)]
    public string? RuntimeClassName { get; init; }

    [Field(30)]
    public bool? EnableServiceLinks { get; init; }

    [Field(31)]
    public string? PreemptionPolicy { get; init; }

    [Field(32)]
    public ApiMap<Quantity> Overhead { get; init; } = [];

    [Field(33), ListMap("topologyKey", "whenUnsatisfiable"), PatchStrategy("merge", "topologyKey")]
    public ApiList<TopologySpreadConstraint> TopologySpreadConstraints { get; init; } = [];

    [Field(34), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<EphemeralContainer> EphemeralContainers { get; init; } = [];

    [Field(35)]
    public bool? SetHostnameAsFQDN { get; init; }

    [Field(36)]
    public PodOS? Os { get; init; }

    [Field(37)]
    public bool? HostUsers { get; init; }

    [Field(38), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<PodSchedulingGate> SchedulingGates { get; init; } = [];

    [Field(39), ListMap("name"), PatchStrategy("merge,retainKeys", "name")]
    public ApiList<PodResourceClaim> ResourceClaims { get; init; } = [];

    [Field(40)]
    public ResourceRequirements? Resources { get; init; }

    [Field(41)]
    public string? HostnameOverride { get; init; }

    [Field(43)]
    public PodSchedulingGroup? SchedulingGroup { get; init; }
}

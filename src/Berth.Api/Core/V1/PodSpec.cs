using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What is to run in a pod, and how.</summary>
public sealed partial record PodSpec
{
    /// <summary>Volumes that the containers can mount.</summary>
    [Field(1), ListMap("name"), PatchStrategy("merge,retainKeys", "name")]
    public ApiList<Volume> Volumes { get; init; } = [];

    /// <summary>Containers of the pod; at least one. They can be neither added nor removed later.</summary>
    [Field(2, Always = true, Required = true), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<Container> Containers { get; init; } = [];

    /// <summary>
    /// When containers that have ended start again: Always, OnFailure or Never. The pauses in between grow to five minutes. Default: Always.
    /// </summary>
    [Field(3)]
    public string RestartPolicy { get; init; } = "";

    /// <summary>Seconds from the signal to end until the pod is killed, the preStop hooks included. 0 kills at once. Default: 30.</summary>
    [Field(4)]
    public long? TerminationGracePeriodSeconds { get; init; }

    /// <summary>Seconds after its start at which the pod is ended and marked Failed.</summary>
    [Field(5)]
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>
    /// Where names are resolved: ClusterFirst asks the cluster's DNS; ClusterFirstWithHostNet does so with hostNetwork too; Default takes the
    /// node's settings; None only dnsConfig. Default: ClusterFirst.
    /// </summary>
    [Field(6)]
    public string DnsPolicy { get; init; } = "";

    /// <summary>Labels that the node must have, each with this value.</summary>
    [Field(7), Atomic]
    public ApiMap<string> NodeSelector { get; init; } = [];

    /// <summary>ServiceAccount that the pod speaks to the API as. Default: default.</summary>
    [Field(8)]
    public string ServiceAccountName { get; init; } = "";

    /// <summary>Older name of serviceAccountName.</summary>
    [Field(9)]
    public string ServiceAccount { get; init; } = "";

    /// <summary>Node of the pod. Set by the scheduler; set by hand, it leaves the scheduler out.</summary>
    [Field(10)]
    public string NodeName { get; init; } = "";

    /// <summary>True uses the node's network and ports instead of an own address. Default: false.</summary>
    [Field(11)]
    public bool HostNetwork { get; init; }

    /// <summary>True sees the node's processes. Default: false.</summary>
    [Field(12)]
    public bool HostPID { get; init; }

    /// <summary>True uses the node's interprocess communication. Default: false.</summary>
    [Field(13)]
    public bool HostIPC { get; init; }

    /// <summary>Rights and identity of all containers.</summary>
    [Field(14)]
    public PodSecurityContext? SecurityContext { get; init; }

    /// <summary>Secrets with logins for registries, beside those of the ServiceAccount.</summary>
    [Field(15), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<LocalObjectReference> ImagePullSecrets { get; init; } = [];

    /// <summary>Host name of the pod; absent: its name.</summary>
    [Field(16)]
    public string Hostname { get; init; } = "";

    /// <summary>
    /// Makes HOSTNAME.SUBDOMAIN.NAMESPACE.svc.DOMAIN the pod's full name; DNS knows it when a headless Service has the name of the subdomain.
    /// </summary>
    [Field(17)]
    public string Subdomain { get; init; } = "";

    /// <summary>Where the pod may or should run.</summary>
    [Field(18)]
    public Affinity? Affinity { get; init; }

    /// <summary>Scheduler, or profile of it, that places the pod. Default: default-scheduler.</summary>
    [Field(19)]
    public string SchedulerName { get; init; } = "";

    /// <summary>
    /// Containers that run one after the other before the others start; each has to succeed. Those with restartPolicy Always are sidecars.
    /// </summary>
    [Field(20), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<Container> InitContainers { get; init; } = [];

    /// <summary>False mounts no token of the ServiceAccount; absent: as the ServiceAccount says, else true.</summary>
    [Field(21)]
    public bool? AutomountServiceAccountToken { get; init; }

    /// <summary>Taints of nodes that do not keep the pod away.</summary>
    [Field(22)]
    public ApiList<Toleration> Tolerations { get; init; } = [];

    /// <summary>Further lines of the pod's hosts file.</summary>
    [Field(23), ListMap("ip"), PatchStrategy("merge", "ip")]
    public ApiList<HostAlias> HostAliases { get; init; } = [];

    /// <summary>PriorityClass of the pod; absent: the cluster's default class.</summary>
    [Field(24)]
    public string PriorityClassName { get; init; } = "";

    /// <summary>Number that the class stands for; higher ones go first. Set by the server.</summary>
    [Field(25)]
    public int? Priority { get; init; }

    /// <summary>Settings for the pod's resolver, beside those of dnsPolicy.</summary>
    [Field(26)]
    public PodDNSConfig? DnsConfig { get; init; }

    /// <summary>True lets the containers see and signal each other's processes. Default: false.</summary>
    [Field(27)]
    public bool? ShareProcessNamespace { get; init; }

    /// <summary>Conditions that have to be True, besides ready containers, for the pod to be ready.</summary>
    [Field(28)]
    public ApiList<PodReadinessGate> ReadinessGates { get; init; } = [];

    /// <summary>RuntimeClass that says how the containers are run; absent: the node's usual way.</summary>
    [Field(29)]
    public string? RuntimeClassName { get; init; }

    /// <summary>True gives containers environment variables with the addresses of the namespace's Services. Default: true.</summary>
    [Field(30)]
    public bool? EnableServiceLinks { get; init; }

    /// <summary>
    /// PreemptLowerPriority lets the pod displace pods of lower priority; Never does not. Default: that of the class, else
    /// PreemptLowerPriority.
    /// </summary>
    [Field(31)]
    public string? PreemptionPolicy { get; init; }

    /// <summary>What the pod takes besides its containers. Set from the RuntimeClass.</summary>
    [Field(32)]
    public ApiMap<Quantity> Overhead { get; init; } = [];

    /// <summary>How pods are to be spread over nodes, zones and other places; all must hold.</summary>
    [Field(33), ListMap("topologyKey", "whenUnsatisfiable"), PatchStrategy("merge", "topologyKey")]
    public ApiList<TopologySpreadConstraint> TopologySpreadConstraints { get; init; } = [];

    /// <summary>Containers added to the running pod to look for faults; set through the subresource ephemeralcontainers alone.</summary>
    [Field(34), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<EphemeralContainer> EphemeralContainers { get; init; } = [];

    /// <summary>True makes the full name the host name that the kernel gives, at most 64 characters. Default: false.</summary>
    [Field(35)]
    public bool? SetHostnameAsFQDN { get; init; }

    /// <summary>Operating system that the pod needs; some fields are allowed for one of them alone.</summary>
    [Field(36)]
    public PodOS? Os { get; init; }

    /// <summary>False gives the pod a user namespace of its own, in which root is nobody on the node. Default: true.</summary>
    [Field(37)]
    public bool? HostUsers { get; init; }

    /// <summary>The pod is not placed before this list is empty. Given at creation; entries can only be taken away.</summary>
    [Field(38), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<PodSchedulingGate> SchedulingGates { get; init; } = [];

    /// <summary>Claims of devices that containers refer to by name.</summary>
    [Field(39), ListMap("name"), PatchStrategy("merge,retainKeys", "name")]
    public ApiList<PodResourceClaim> ResourceClaims { get; init; } = [];

    /// <summary>Requests and limits of the pod as a whole, of CPU, memory and huge pages, shared by its containers.</summary>
    [Field(40)]
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Host name of the pod as its containers see it, up to 64 characters; DNS does not know it.</summary>
    [Field(41)]
    public string? HostnameOverride { get; init; }

    /// <summary>Group of pods that are placed together.</summary>
    [Field(43)]
    public PodSchedulingGroup? SchedulingGroup { get; init; }
}

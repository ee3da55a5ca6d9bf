using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What runs of a pod, as its node tells.</summary>
public sealed partial record PodStatus
{
    /// <summary>Where the pod is in its life: Pending, Running, Succeeded (all containers ended well), Failed, or Unknown.</summary>
    [Field(1)]
    public string Phase { get; init; } = "";

    /// <summary>State of the pod in detail.</summary>
    [Field(2), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<PodCondition> Conditions { get; init; } = [];

    /// <summary>Why the pod is in this state, in words for people.</summary>
    [Field(3)]
    public string Message { get; init; } = "";

    /// <summary>Why the pod is in this state, in CamelCase, such as Evicted.</summary>
    [Field(4)]
    public string Reason { get; init; } = "";

    /// <summary>Address of the node.</summary>
    [Field(5)]
    public string HostIP { get; init; } = "";

    /// <summary>Address of the pod.</summary>
    [Field(6)]
    public string PodIP { get; init; } = "";

    /// <summary>When the node took the pod on, before it pulled images.</summary>
    [Field(7)]
    public Time? StartTime { get; init; }

    /// <summary>State of the containers.</summary>
    [Field(8)]
    public ApiList<ContainerStatus> ContainerStatuses { get; init; } = [];

    /// <summary>
    /// Guaranteed (all have limits that equal their requests), Burstable, or BestEffort (none has any). The lower go first when a node runs
    /// out of memory.
    /// </summary>
    [Field(9)]
    public string QosClass { get; init; } = "";

    /// <summary>State of the init containers.</summary>
    [Field(10)]
    public ApiList<ContainerStatus> InitContainerStatuses { get; init; } = [];

    /// <summary>Node on which room is being made for the pod, or on which it is expected to be placed.</summary>
    [Field(11)]
    public string NominatedNodeName { get; init; } = "";

    /// <summary>Addresses of the pod, one for each family; the first equals podIP.</summary>
    [Field(12), ListMap("ip"), PatchStrategy("merge", "ip")]
    public ApiList<PodIP> PodIPs { get; init; } = [];

    /// <summary>State of the ephemeral containers.</summary>
    [Field(13)]
    public ApiList<ContainerStatus> EphemeralContainerStatuses { get; init; } = [];

    /// <summary>Older form of the conditions PodResizePending and PodResizeInProgress.</summary>
    [Field(14)]
    public string Resize { get; init; } = "";

    /// <summary>Claims made for resourceClaims.</summary>
    [Field(15), ListMap("name"), PatchStrategy("merge,retainKeys", "name")]
    public ApiList<PodResourceClaimStatus> ResourceClaimStatuses { get; init; } = [];

    /// <summary>Addresses of the node, one for each family; the first equals hostIP.</summary>
    [Field(16), PatchStrategy("merge", "ip")]
    public ApiList<HostIP> HostIPs { get; init; } = [];

    /// <summary>metadata.generation of the pod that the node has acted on.</summary>
    [Field(17)]
    public long ObservedGeneration { get; init; }

    /// <summary>Claim made for extended resources that devices serve.</summary>
    [Field(18)]
    public PodExtendedResourceClaimStatus? ExtendedResourceClaimStatus { get; init; }

    /// <summary>Resources that the node has set aside for the pod as a whole.</summary>
    [Field(19)]
    public ApiMap<Quantity> AllocatedResources { get; init; } = [];

    /// <summary>Requests and limits that hold for the pod as a whole.</summary>
    [Field(20)]
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Resources of the node itself that the pod has by way of claims.</summary>
    [Field(21)]
    public ApiList<NodeAllocatableResourceClaimStatus> NodeAllocatableResourceClaimStatuses { get; init; } = [];
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodStatus
{
    [Field(1)]
    public string Phase { get; init; } = "";

    [Field(2), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<PodCondition> Conditions { get; init; } = [];

    [Field(3)]
    public string Message { get; init; } = "";

    [Field(4)]
    public string Reason { get; init; } = "";

    [Field(5)]
    public string HostIP { get; init; } = "";

    [Field(6)]
    public string PodIP { get; init; } = "";

    [Field(7)]
    public Time? StartTime { get; init; }

    [Field(8)]
    public ApiList<ContainerStatus> ContainerStatuses { get; init; } = [];

    [Field(9)]
    public string QosClass { get; init; } = "";

    [Field(10)]
    public ApiList<ContainerStatus> InitContainerStatuses { get; init; } = [];

    [Field(11)]
    public string NominatedNodeName { get; init; } = "";

    [Field(12), ListMap("ip"), PatchStrategy("merge", "ip")]
    public ApiList<PodIP> PodIPs { get; init; } = [];

    [Field(13)]
    public ApiList<ContainerStatus> EphemeralContainerStatuses { get; init; } = [];

    [Field(14)]
    public string Resize { get; init; } = "";

    [Field(15), ListMap("name"), PatchStrategy("merge,retainKeys", "name")]
    public ApiList<PodResourceClaimStatus> ResourceClaimStatuses { get; init; } = [];

    [Field(16), PatchStrategy("merge", "ip")]
    public ApiList<HostIP> HostIPs { get; init; } = [];

    [Field(17)]
    public long ObservedGeneration { get; init; }

    [Field(18)]
    public PodExtendedResourceClaimStatus? ExtendedResourceClaimStatus { get; init; }

    [Field(19)]
    public ApiMap<Quantity> AllocatedResources { get; init; } = [];

    [Field(20)]
    public ResourceRequirements? Resources { get; init; }

    [Field(21)]
    public ApiList<NodeAllocatableResourceClaimStatus> NodeAllocatableResourceClaimStatuses { get; init; } = [];
}

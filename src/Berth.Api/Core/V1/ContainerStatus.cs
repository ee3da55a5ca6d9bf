using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ContainerStatus
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2)]
    public ContainerState State { get; init; } = ContainerState.Empty;

    [Field(3)]
    public ContainerState LastState { get; init; } = ContainerState.Empty;

    [Field(4, Always = true, Required = true)]
    public bool Ready { get; init; }

    [Field(5, Always = true, Required = true)]
    public int RestartCount { get; init; }

    [Field(6, Always = true, Required = true)]
    public string Image { get; init; } = "";

    [Field(7, Always = true, Required = true)]
    public string ImageID { get; init; } = "";

    [Field(8)]
    public string ContainerID { get; init; } = "";

    [Field(9)]
    public bool? Started { get; init; }

    [Field(10)]
    public ApiMap<Quantity> AllocatedResources { get; init; } = [];

    [Field(11)]
    public ResourceRequirements? Resources { get; init; }

    [Field(12), ListMap("mountPath"), PatchStrategy("merge", "mountPath")]
    public ApiList<VolumeMountStatus> VolumeMounts { get; init; } = [];

    [Field(13)]
    public ContainerUser? User { get; init; }

    [Field(14), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<ResourceStatus> AllocatedResourcesStatus { get; init; } = [];

    [Field(15)]
    public string? StopSignal { get; init; }
}

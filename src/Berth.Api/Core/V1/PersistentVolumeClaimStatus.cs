using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PersistentVolumeClaimStatus
{
    [Field(1)]
    public string Phase { get; init; } = "";

    [Field(2)]
    public ApiList<string> AccessModes { get; init; } = [];

    [Field(3)]
    public ApiMap<Quantity> Capacity { get; init; } = [];

    [Field(4), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<PersistentVolumeClaimCondition> Conditions { get; init; } = [];

    [Field(5)]
    public ApiMap<Quantity> AllocatedResources { get; init; } = [];

    [Field(7)]
    public ApiMap<string> AllocatedResourceStatuses { get; init; } = [];

    [Field(8)]
    public string? CurrentVolumeAttributesClassName { get; init; }

    [Field(9)]
    public ModifyVolumeStatus? ModifyVolumeStatus { get; init; }
}

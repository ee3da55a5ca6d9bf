using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Storage that a claim has.</summary>
public sealed partial record PersistentVolumeClaimStatus
{
    /// <summary>Pending, Bound or Lost (its volume is gone).</summary>
    [Field(1)]
    public string Phase { get; init; } = "";

    /// <summary>Ways in which the volume can be used.</summary>
    [Field(2)]
    public ApiList<string> AccessModes { get; init; } = [];

    /// <summary>Size of the volume.</summary>
    [Field(3)]
    public ApiMap<Quantity> Capacity { get; init; } = [];

    /// <summary>State of a change of the volume.</summary>
    [Field(4), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<PersistentVolumeClaimCondition> Conditions { get; init; } = [];

    /// <summary>Size that has been asked of the storage, while the volume grows.</summary>
    [Field(5)]
    public ApiMap<Quantity> AllocatedResources { get; init; } = [];

    /// <summary>
    /// How far the growth is: ControllerResizeInProgress, ControllerResizeInfeasible, NodeResizePending, NodeResizeInProgress or
    /// NodeResizeInfeasible.
    /// </summary>
    [Field(7)]
    public ApiMap<string> AllocatedResourceStatuses { get; init; } = [];

    /// <summary>The class whose attributes the volume has.</summary>
    [Field(8)]
    public string? CurrentVolumeAttributesClassName { get; init; }

    /// <summary>The change of attributes that is under way.</summary>
    [Field(9)]
    public ModifyVolumeStatus? ModifyVolumeStatus { get; init; }
}

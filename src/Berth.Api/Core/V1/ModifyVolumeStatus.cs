using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A change of a volume's attributes that is under way.</summary>
public sealed partial record ModifyVolumeStatus
{
    /// <summary>The class that is wanted.</summary>
    [Field(1)]
    public string TargetVolumeAttributesClassName { get; init; } = "";

    /// <summary>Pending (the class is missing), InProgress, or Infeasible (the driver refused it).</summary>
    [Field(2, Always = true, Required = true)]
    public string Status { get; init; } = "";
}

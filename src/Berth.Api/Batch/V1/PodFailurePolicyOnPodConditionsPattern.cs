using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>Failures by a condition of the pod.</summary>
public sealed partial record PodFailurePolicyOnPodConditionsPattern
{
    /// <summary>Type of the condition, such as DisruptionTarget.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>Its status. Default: True.</summary>
    [Field(2, Always = true)]
    public string Status { get; init; } = "";
}

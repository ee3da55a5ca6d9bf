using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A condition that has to be True for the pod to be ready.</summary>
public sealed partial record PodReadinessGate
{
    /// <summary>Type of the condition; somebody else sets it in the pod's status.</summary>
    [Field(1, Always = true, Required = true)]
    public string ConditionType { get; init; } = "";
}

using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Policy.V1;

/// <summary>Pods, and how many must stay. One of minAvailable and maxUnavailable.</summary>
public sealed partial record PodDisruptionBudgetSpec
{
    /// <summary>Pods that must stay healthy, as a number or a percentage of all, rounded up.</summary>
    [Field(1)]
    public IntOrString? MinAvailable { get; init; }

    /// <summary>Labels of the pods; an empty one chooses all of the namespace.</summary>
    [Field(2), PatchStrategy("replace")]
    public LabelSelector? Selector { get; init; }

    /// <summary>Pods that may be missing, as a number or a percentage of all, rounded up. For pods of a controller with scale alone.</summary>
    [Field(3)]
    public IntOrString? MaxUnavailable { get; init; }

    /// <summary>
    /// Pods that run and are not ready: IfHealthyBudget lets them go only while enough others are healthy, AlwaysAllow always. Default:
    /// IfHealthyBudget.
    /// </summary>
    [Field(4)]
    public string? UnhealthyPodEvictionPolicy { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>How many pods there are and should be, and why.</summary>
public sealed partial record HorizontalPodAutoscalerStatus
{
    /// <summary>metadata.generation that was last acted on.</summary>
    [Field(1)]
    public long? ObservedGeneration { get; init; }

    /// <summary>When the number was last changed.</summary>
    [Field(2)]
    public Time? LastScaleTime { get; init; }

    /// <summary>Pods that there are.</summary>
    [Field(3)]
    public int CurrentReplicas { get; init; }

    /// <summary>Pods that there should be.</summary>
    [Field(4, Always = true, Required = true)]
    public int DesiredReplicas { get; init; }

    /// <summary>The values as they are measured.</summary>
    [Field(5, Always = true)]
    public ApiList<MetricStatus> CurrentMetrics { get; init; } = [];

    /// <summary>What is known of the state.</summary>
    [Field(6), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<HorizontalPodAutoscalerCondition> Conditions { get; init; } = [];
}

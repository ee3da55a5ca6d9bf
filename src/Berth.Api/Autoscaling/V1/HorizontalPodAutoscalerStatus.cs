using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

/// <summary>How many pods there are and should be.</summary>
public sealed partial record HorizontalPodAutoscalerStatus
{
    /// <summary>metadata.generation that was last acted on.</summary>
    [Field(1)]
    public long? ObservedGeneration { get; init; }

    /// <summary>When the number was last changed.</summary>
    [Field(2)]
    public Time? LastScaleTime { get; init; }

    /// <summary>Pods that there are.</summary>
    [Field(3, Always = true, Required = true)]
    public int CurrentReplicas { get; init; }

    /// <summary>Pods that there should be.</summary>
    [Field(4, Always = true, Required = true)]
    public int DesiredReplicas { get; init; }

    /// <summary>Use of CPU by all pods, in percent of their requests.</summary>
    [Field(5)]
    public int? CurrentCPUUtilizationPercentage { get; init; }
}

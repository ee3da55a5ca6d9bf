using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

/// <summary>What is scaled, and within which bounds.</summary>
public sealed partial record HorizontalPodAutoscalerSpec
{
    /// <summary>The object that is scaled, in the same namespace.</summary>
    [Field(1, Required = true)]
    public CrossVersionObjectReference ScaleTargetRef { get; init; } = CrossVersionObjectReference.Empty;

    /// <summary>Pods at least. Default: 1.</summary>
    [Field(2)]
    public int? MinReplicas { get; init; }

    /// <summary>Pods at most.</summary>
    [Field(3, Always = true, Required = true)]
    public int MaxReplicas { get; init; }

    /// <summary>Use of CPU that is aimed at, in percent of the pods' requests. Default: 80.</summary>
    [Field(4)]
    public int? TargetCPUUtilizationPercentage { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>What is scaled, by which values and within which bounds.</summary>
public sealed partial record HorizontalPodAutoscalerSpec
{
    /// <summary>The object that is scaled, in the same namespace.</summary>
    [Field(1, Required = true)]
    public CrossVersionObjectReference ScaleTargetRef { get; init; } = CrossVersionObjectReference.Empty;

    /// <summary>Pods at least. Default: 1.</summary>
    [Field(2)]
    public int? MinReplicas { get; init; }

    /// <summary>Pods at most; not below minReplicas.</summary>
    [Field(3, Always = true, Required = true)]
    public int MaxReplicas { get; init; }

    /// <summary>Values that decide; the one that asks for most pods counts. Default: CPU at 80 % of the requests.</summary>
    [Field(4)]
    public ApiList<MetricSpec> Metrics { get; init; } = [];

    /// <summary>How fast the number may change.</summary>
    [Field(5)]
    public HorizontalPodAutoscalerBehavior? Behavior { get; init; }
}

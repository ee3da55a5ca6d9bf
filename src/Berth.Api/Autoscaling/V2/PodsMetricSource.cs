using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>A metric of each pod.</summary>
public sealed partial record PodsMetricSource
{
    /// <summary>The metric.</summary>
    [Field(1, Required = true)]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    /// <summary>The value that is aimed at: averageValue.</summary>
    [Field(2, Required = true)]
    public MetricTarget Target { get; init; } = MetricTarget.Empty;
}

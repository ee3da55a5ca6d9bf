using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>A metric that has nothing to do with an object of the cluster, such as the length of a queue elsewhere.</summary>
public sealed partial record ExternalMetricSource
{
    /// <summary>The metric.</summary>
    [Field(1, Required = true)]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    /// <summary>The value that is aimed at: value or averageValue.</summary>
    [Field(2, Required = true)]
    public MetricTarget Target { get; init; } = MetricTarget.Empty;
}

using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>A metric of one object.</summary>
public sealed partial record ObjectMetricSource
{
    /// <summary>The object.</summary>
    [Field(1, Required = true)]
    public CrossVersionObjectReference DescribedObject { get; init; } = CrossVersionObjectReference.Empty;

    /// <summary>The value that is aimed at: value or averageValue.</summary>
    [Field(2, Required = true)]
    public MetricTarget Target { get; init; } = MetricTarget.Empty;

    /// <summary>The metric.</summary>
    [Field(3, Required = true)]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;
}

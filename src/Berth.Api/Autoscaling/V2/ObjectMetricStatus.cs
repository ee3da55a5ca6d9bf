using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>A metric of one object.</summary>
public sealed partial record ObjectMetricStatus
{
    /// <summary>The metric.</summary>
    [Field(1, Required = true)]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    /// <summary>The value that is measured.</summary>
    [Field(2, Required = true)]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;

    /// <summary>The object.</summary>
    [Field(3, Required = true)]
    public CrossVersionObjectReference DescribedObject { get; init; } = CrossVersionObjectReference.Empty;
}

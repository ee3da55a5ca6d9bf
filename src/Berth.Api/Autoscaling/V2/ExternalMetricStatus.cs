using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>A metric from elsewhere.</summary>
public sealed partial record ExternalMetricStatus
{
    /// <summary>The metric.</summary>
    [Field(1, Required = true)]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    /// <summary>The value that is measured.</summary>
    [Field(2, Required = true)]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
}

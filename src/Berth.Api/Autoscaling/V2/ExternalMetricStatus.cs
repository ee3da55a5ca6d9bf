using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record ExternalMetricStatus
{
    [Field(1, Required = true)]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    [Field(2, Required = true)]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
}

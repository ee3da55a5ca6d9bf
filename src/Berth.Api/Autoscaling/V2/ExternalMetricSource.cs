using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record ExternalMetricSource
{
    [Field(1, Required = true)]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    [Field(2, Required = true)]
    public MetricTarget Target { get; init; } = MetricTarget.Empty;
}

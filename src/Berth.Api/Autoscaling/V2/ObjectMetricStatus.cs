using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record ObjectMetricStatus
{
    [Field(1, Required = true)]
    public MetricIdentifier Metric { get; init; } = MetricIdentifier.Empty;

    [Field(2, Required = true)]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;

    [Field(3, Required = true)]
    public CrossVersionObjectReference DescribedObject { get; init; } = CrossVersionObjectReference.Empty;
}

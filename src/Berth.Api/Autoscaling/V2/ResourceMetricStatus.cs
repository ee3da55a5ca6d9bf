using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record ResourceMetricStatus
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, Required = true)]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
}

using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record ContainerResourceMetricStatus
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, Required = true)]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;

    [Field(3, Always = true, Required = true)]
    public string Container { get; init; } = "";
}

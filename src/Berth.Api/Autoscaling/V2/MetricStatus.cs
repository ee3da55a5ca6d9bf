using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record MetricStatus
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2)]
    public ObjectMetricStatus? Object { get; init; }

    [Field(3)]
    public PodsMetricStatus? Pods { get; init; }

    [Field(4)]
    public ResourceMetricStatus? Resource { get; init; }

    [Field(5)]
    public ExternalMetricStatus? External { get; init; }

    [Field(7)]
    public ContainerResourceMetricStatus? ContainerResource { get; init; }
}

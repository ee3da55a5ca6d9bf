using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record MetricSpec
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2)]
    public ObjectMetricSource? Object { get; init; }

    [Field(3)]
    public PodsMetricSource? Pods { get; init; }

    [Field(4)]
    public ResourceMetricSource? Resource { get; init; }

    [Field(5)]
    public ExternalMetricSource? External { get; init; }

    [Field(7)]
    public ContainerResourceMetricSource? ContainerResource { get; init; }
}

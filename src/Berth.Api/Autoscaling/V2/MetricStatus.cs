using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>A value as it is measured.</summary>
public sealed partial record MetricStatus
{
    /// <summary>Resource, ContainerResource, Pods, Object or External.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>A metric of one object.</summary>
    [Field(2)]
    public ObjectMetricStatus? Object { get; init; }

    /// <summary>A metric of each pod.</summary>
    [Field(3)]
    public PodsMetricStatus? Pods { get; init; }

    /// <summary>Use of CPU or memory by the pods.</summary>
    [Field(4)]
    public ResourceMetricStatus? Resource { get; init; }

    /// <summary>A metric from elsewhere.</summary>
    [Field(5)]
    public ExternalMetricStatus? External { get; init; }

    /// <summary>Use of CPU or memory by one container of each pod.</summary>
    [Field(7)]
    public ContainerResourceMetricStatus? ContainerResource { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>A value that decides. type says which field is set.</summary>
public sealed partial record MetricSpec
{
    /// <summary>Resource, ContainerResource, Pods, Object or External.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>A metric of one object.</summary>
    [Field(2)]
    public ObjectMetricSource? Object { get; init; }

    /// <summary>A metric of each pod, as an average.</summary>
    [Field(3)]
    public PodsMetricSource? Pods { get; init; }

    /// <summary>Use of CPU or memory by the pods, as an average.</summary>
    [Field(4)]
    public ResourceMetricSource? Resource { get; init; }

    /// <summary>A metric from elsewhere.</summary>
    [Field(5)]
    public ExternalMetricSource? External { get; init; }

    /// <summary>Use of CPU or memory by one container of each pod, as an average.</summary>
    [Field(7)]
    public ContainerResourceMetricSource? ContainerResource { get; init; }
}

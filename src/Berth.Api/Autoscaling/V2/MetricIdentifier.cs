using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>A metric.</summary>
public sealed partial record MetricIdentifier
{
    /// <summary>Its name.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Labels of the metric; absent: none are asked for.</summary>
    [Field(2)]
    public LabelSelector? Selector { get; init; }
}

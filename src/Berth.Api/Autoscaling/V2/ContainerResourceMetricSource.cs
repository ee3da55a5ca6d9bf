using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>Use of a resource by one container of each pod.</summary>
public sealed partial record ContainerResourceMetricSource
{
    /// <summary>cpu or memory.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>The value that is aimed at.</summary>
    [Field(2, Required = true)]
    public MetricTarget Target { get; init; } = MetricTarget.Empty;

    /// <summary>The container.</summary>
    [Field(3, Always = true, Required = true)]
    public string Container { get; init; } = "";
}

using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>Use of a resource by one container of each pod.</summary>
public sealed partial record ContainerResourceMetricStatus
{
    /// <summary>cpu or memory.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>The value that is measured.</summary>
    [Field(2, Required = true)]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;

    /// <summary>The container.</summary>
    [Field(3, Always = true, Required = true)]
    public string Container { get; init; } = "";
}

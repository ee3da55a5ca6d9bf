using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>Use of a resource by the pods.</summary>
public sealed partial record ResourceMetricStatus
{
    /// <summary>cpu or memory.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>The value that is measured.</summary>
    [Field(2, Required = true)]
    public MetricValueStatus Current { get; init; } = MetricValueStatus.Empty;
}

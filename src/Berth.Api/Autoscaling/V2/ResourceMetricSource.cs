using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>Use of a resource by the pods.</summary>
public sealed partial record ResourceMetricSource
{
    /// <summary>cpu or memory.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>The value that is aimed at: averageUtilization or averageValue.</summary>
    [Field(2, Required = true)]
    public MetricTarget Target { get; init; } = MetricTarget.Empty;
}

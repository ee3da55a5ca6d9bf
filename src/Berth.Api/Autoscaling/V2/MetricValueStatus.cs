using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>A measured value.</summary>
public sealed partial record MetricValueStatus
{
    /// <summary>The value as a whole.</summary>
    [Field(1)]
    public Quantity? Value { get; init; }

    /// <summary>The value for each pod.</summary>
    [Field(2)]
    public Quantity? AverageValue { get; init; }

    /// <summary>Use in percent of the pods' requests.</summary>
    [Field(3)]
    public int? AverageUtilization { get; init; }
}

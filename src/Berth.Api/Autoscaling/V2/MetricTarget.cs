using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>The value that is aimed at. type says which field is set.</summary>
public sealed partial record MetricTarget
{
    /// <summary>Utilization, Value or AverageValue.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>The value as a whole.</summary>
    [Field(2)]
    public Quantity? Value { get; init; }

    /// <summary>The value for each pod.</summary>
    [Field(3)]
    public Quantity? AverageValue { get; init; }

    /// <summary>Use in percent of the pods' requests; for resources alone.</summary>
    [Field(4)]
    public int? AverageUtilization { get; init; }
}

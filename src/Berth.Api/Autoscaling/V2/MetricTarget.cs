using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record MetricTarget
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2)]
    public Quantity? Value { get; init; }

    [Field(3)]
    public Quantity? AverageValue { get; init; }

    [Field(4)]
    public int? AverageUtilization { get; init; }
}

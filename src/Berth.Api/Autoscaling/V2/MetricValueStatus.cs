using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record MetricValueStatus
{
    [Field(1)]
    public Quantity? Value { get; init; }

    [Field(2)]
    public Quantity? AverageValue { get; init; }

    [Field(3)]
    public int? AverageUtilization { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record HPAScalingPolicy
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public int Value { get; init; }

    [Field(3, Always = true, Required = true)]
    public int PeriodSeconds { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>How much the number of pods may change in a time.</summary>
public sealed partial record HPAScalingPolicy
{
    /// <summary>Pods for a number, Percent for a part of the present number.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>How much, above 0.</summary>
    [Field(2, Always = true, Required = true)]
    public int Value { get; init; }

    /// <summary>In how many seconds, from 1 to 1800.</summary>
    [Field(3, Always = true, Required = true)]
    public int PeriodSeconds { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>How fast the number of pods may change in one direction.</summary>
public sealed partial record HPAScalingRules
{
    /// <summary>Of several policies, Max takes the one that allows most, Min least; Disabled allows no change. Default: Max.</summary>
    [Field(1)]
    public string? SelectPolicy { get; init; }

    /// <summary>How much in which time. Default: up, 4 pods or 100 % in 15 seconds; down, 100 % in 15 seconds.</summary>
    [Field(2)]
    public ApiList<HPAScalingPolicy> Policies { get; init; } = [];

    /// <summary>Seconds whose most careful result counts, from 0 to 3600. Default: 0 up, 300 down.</summary>
    [Field(3)]
    public int? StabilizationWindowSeconds { get; init; }

    /// <summary>How far metrics may be off before anything changes, as a part of their target. Default: 0.1.</summary>
    [Field(4)]
    public Quantity? Tolerance { get; init; }
}

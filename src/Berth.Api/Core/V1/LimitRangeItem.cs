using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Limits for one type of thing.</summary>
public sealed partial record LimitRangeItem
{
    /// <summary>Pod, Container or PersistentVolumeClaim.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>Most of each resource.</summary>
    [Field(2)]
    public ApiMap<Quantity> Max { get; init; } = [];

    /// <summary>Least of each resource.</summary>
    [Field(3)]
    public ApiMap<Quantity> Min { get; init; } = [];

    /// <summary>Limits of containers that give none.</summary>
    [Field(4)]
    public ApiMap<Quantity> Default { get; init; } = [];

    /// <summary>Requests of containers that give none.</summary>
    [Field(5)]
    public ApiMap<Quantity> DefaultRequest { get; init; } = [];

    /// <summary>How many times its request a limit may be.</summary>
    [Field(6)]
    public ApiMap<Quantity> MaxLimitRequestRatio { get; init; } = [];
}

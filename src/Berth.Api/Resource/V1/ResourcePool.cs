using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Devices that belong together, in one or more slices.</summary>
public sealed partial record ResourcePool
{
    /// <summary>Its name; that of the node for devices of a node.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Grows with each change of the pool; slices of an older generation do not count.</summary>
    [Field(2, Always = true, Required = true)]
    public long Generation { get; init; }

    /// <summary>How many slices the pool has; until all are there, devices of it are given with care.</summary>
    [Field(3, Always = true, Required = true)]
    public long ResourceSliceCount { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>What a list has instead of the metadata of an object.</summary>
public sealed partial record ListMeta
{
    /// <summary>No longer set.</summary>
    [Field(1)]
    public string SelfLink { get; init; } = "";

    /// <summary>Version of the whole collection at which the list was read; a watch from here on misses nothing.</summary>
    [Field(2)]
    public string ResourceVersion { get; init; } = "";

    /// <summary>
    /// Set when there are more objects than the limit asked for: give it back as the continue parameter, with all other parameters the same,
    /// to get the next part. It holds for a few minutes.
    /// </summary>
    [Field(3)]
    public string Continue { get; init; } = "";

    /// <summary>
    /// How many objects follow this part; absent when selectors were given or nothing follows. A number for display: others may change the
    /// collection at any time.
    /// </summary>
    [Field(4)]
    public long? RemainingItemCount { get; init; }

    /// <summary>Which part of the collection this is, when the client asked for a shard of it.</summary>
    [Field(5)]
    public ShardInfo? ShardInfo { get; init; }
}

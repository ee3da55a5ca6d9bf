using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

public sealed partial record ListMeta
{
    [Field(1)]
    public string SelfLink { get; init; } = "";

    [Field(2)]
    public string ResourceVersion { get; init; } = "";

    [Field(3)]
    public string Continue { get; init; } = "";

    [Field(4)]
    public long? RemainingItemCount { get; init; }

    [Field(5)]
    public ShardInfo? ShardInfo { get; init; }
}

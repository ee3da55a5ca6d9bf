using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>Which part of a collection an answer holds.</summary>
public sealed partial record ShardInfo
{
    /// <summary>The shard that the client asked for.</summary>
    [Field(1, Always = true, Required = true)]
    public string Selector { get; init; } = "";
}

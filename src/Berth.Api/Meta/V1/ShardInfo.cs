using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

public sealed partial record ShardInfo
{
    [Field(1, Always = true, Required = true)]
    public string Selector { get; init; } = "";
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NamespaceStatus
{
    [Field(1)]
    public string Phase { get; init; } = "";

    [Field(2), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<NamespaceCondition> Conditions { get; init; } = [];
}

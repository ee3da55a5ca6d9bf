using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record FlowSchemaStatus
{
    [Field(1), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<FlowSchemaCondition> Conditions { get; init; } = [];
}

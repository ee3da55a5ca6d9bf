using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>State of a FlowSchema.</summary>
public sealed partial record FlowSchemaStatus
{
    /// <summary>What is known of the state.</summary>
    [Field(1), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<FlowSchemaCondition> Conditions { get; init; } = [];
}

using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>State of a part of the control plane. Deprecated since 1.19: ask the component's own health endpoints.</summary>
[Kind("", "v1", "ComponentStatus")]
[Resource("componentstatuses", "componentstatus", Namespaced = false, ShortNames = "cs", Verbs = "get,list")]
public sealed partial record ComponentStatus
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>What is known of the component.</summary>
    [Field(2), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<ComponentCondition> Conditions { get; init; } = [];
}

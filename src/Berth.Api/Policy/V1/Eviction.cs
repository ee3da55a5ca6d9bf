using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Policy.V1;

/// <summary>Asks a pod to leave its node, as far as disruption budgets allow. A subresource of the pod.</summary>
[Kind("policy", "v1", "Eviction")]
public sealed partial record Eviction
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>How the pod is deleted.</summary>
    [Field(2)]
    public DeleteOptions? DeleteOptions { get; init; }
}

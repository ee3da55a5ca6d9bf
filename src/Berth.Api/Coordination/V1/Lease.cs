using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Coordination.V1;

/// <summary>A claim that has to be renewed: of a leader, or of a node that it is alive.</summary>
[Kind("coordination.k8s.io", "v1", "Lease")]
[Resource("leases", "lease")]
public sealed partial record Lease
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Who holds it, and since when.</summary>
    [Field(2)]
    public LeaseSpec Spec { get; init; } = LeaseSpec.Empty;
}

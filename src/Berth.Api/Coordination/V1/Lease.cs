using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Coordination.V1;

[Kind("coordination.k8s.io", "v1", "Lease")]
[Resource("leases", "lease")]
public sealed partial record Lease
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public LeaseSpec Spec { get; init; } = LeaseSpec.Empty;
}

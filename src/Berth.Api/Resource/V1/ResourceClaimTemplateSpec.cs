using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record ResourceClaimTemplateSpec
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Required = true)]
    public ResourceClaimSpec Spec { get; init; } = ResourceClaimSpec.Empty;
}

using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PersistentVolumeClaimTemplate
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Required = true)]
    public PersistentVolumeClaimSpec Spec { get; init; } = PersistentVolumeClaimSpec.Empty;
}

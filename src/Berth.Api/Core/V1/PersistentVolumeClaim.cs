using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "PersistentVolumeClaim")]
[Resource("persistentvolumeclaims", "persistentvolumeclaim", ShortNames = "pvc", Subresources = "status:get,patch,update")]
public sealed partial record PersistentVolumeClaim
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public PersistentVolumeClaimSpec Spec { get; init; } = PersistentVolumeClaimSpec.Empty;

    [Field(3)]
    public PersistentVolumeClaimStatus Status { get; init; } = PersistentVolumeClaimStatus.Empty;
}

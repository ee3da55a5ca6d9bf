using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A wish for storage. Bound to a PersistentVolume, it can be mounted by pods of its namespace.</summary>
[Kind("", "v1", "PersistentVolumeClaim")]
[Resource("persistentvolumeclaims", "persistentvolumeclaim", ShortNames = "pvc", Subresources = "status:get,patch,update")]
public sealed partial record PersistentVolumeClaim
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The storage that is wanted.</summary>
    [Field(2)]
    public PersistentVolumeClaimSpec Spec { get; init; } = PersistentVolumeClaimSpec.Empty;

    /// <summary>The storage that it has.</summary>
    [Field(3)]
    public PersistentVolumeClaimStatus Status { get; init; } = PersistentVolumeClaimStatus.Empty;
}

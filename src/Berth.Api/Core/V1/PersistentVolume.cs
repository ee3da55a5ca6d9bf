using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "PersistentVolume")]
[Resource("persistentvolumes", "persistentvolume", Namespaced = false, ShortNames = "pv", Subresources = "status:get,patch,update")]
public sealed partial record PersistentVolume
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public PersistentVolumeSpec Spec { get; init; } = PersistentVolumeSpec.Empty;

    [Field(3)]
    public PersistentVolumeStatus Status { get; init; } = PersistentVolumeStatus.Empty;
}

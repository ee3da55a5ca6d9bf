using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A piece of storage in the cluster. It outlives the pods that use it, and belongs to one claim at a time.</summary>
[Kind("", "v1", "PersistentVolume")]
[Resource("persistentvolumes", "persistentvolume", Namespaced = false, ShortNames = "pv", Subresources = "status:get,patch,update")]
public sealed partial record PersistentVolume
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The storage, and how it may be used.</summary>
    [Field(2)]
    public PersistentVolumeSpec Spec { get; init; } = PersistentVolumeSpec.Empty;

    /// <summary>Whether it is bound.</summary>
    [Field(3)]
    public PersistentVolumeStatus Status { get; init; } = PersistentVolumeStatus.Empty;
}

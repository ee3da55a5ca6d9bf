using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>Asks for a volume to be attached to a node.</summary>
[Kind("storage.k8s.io", "v1", "VolumeAttachment")]
[Resource("volumeattachments", "volumeattachment", Namespaced = false, Subresources = "status:get,patch,update")]
public sealed partial record VolumeAttachment
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The volume, and the node.</summary>
    [Field(2, Required = true)]
    public VolumeAttachmentSpec Spec { get; init; } = VolumeAttachmentSpec.Empty;

    /// <summary>How far it is.</summary>
    [Field(3)]
    public VolumeAttachmentStatus Status { get; init; } = VolumeAttachmentStatus.Empty;
}

using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

public sealed partial record VolumeAttachmentSource
{
    [Field(1)]
    public string? PersistentVolumeName { get; init; }

    [Field(2)]
    public PersistentVolumeSpec? InlineVolumeSpec { get; init; }
}

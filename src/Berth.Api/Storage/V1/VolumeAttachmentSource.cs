using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>A volume. Exactly one of the two.</summary>
public sealed partial record VolumeAttachmentSource
{
    /// <summary>Name of a PersistentVolume.</summary>
    [Field(1)]
    public string? PersistentVolumeName { get; init; }

    /// <summary>A volume that stood in a pod itself.</summary>
    [Field(2)]
    public PersistentVolumeSpec? InlineVolumeSpec { get; init; }
}

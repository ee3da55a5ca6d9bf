using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>A volume, and the node. It cannot change.</summary>
public sealed partial record VolumeAttachmentSpec
{
    /// <summary>CSI driver that does it.</summary>
    [Field(1, Always = true, Required = true)]
    public string Attacher { get; init; } = "";

    /// <summary>The volume.</summary>
    [Field(2, Required = true)]
    public VolumeAttachmentSource Source { get; init; } = VolumeAttachmentSource.Empty;

    /// <summary>The node.</summary>
    [Field(3, Always = true, Required = true)]
    public string NodeName { get; init; } = "";
}

using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>How far an attachment is.</summary>
public sealed partial record VolumeAttachmentStatus
{
    /// <summary>True when it is done.</summary>
    [Field(1, Always = true, Required = true)]
    public bool Attached { get; init; }

    /// <summary>What the driver said of it; handed to it when the volume is mounted.</summary>
    [Field(2)]
    public ApiMap<string> AttachmentMetadata { get; init; } = [];

    /// <summary>What last went wrong with attaching.</summary>
    [Field(3)]
    public VolumeError? AttachError { get; init; }

    /// <summary>What last went wrong with detaching.</summary>
    [Field(4)]
    public VolumeError? DetachError { get; init; }
}

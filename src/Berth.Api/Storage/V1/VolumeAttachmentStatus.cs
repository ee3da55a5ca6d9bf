using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

public sealed partial record VolumeAttachmentStatus
{
    [Field(1, Always = true, Required = true)]
    public bool Attached { get; init; }

    [Field(2)]
    public ApiMap<string> AttachmentMetadata { get; init; } = [];

    [Field(3)]
    public VolumeError? AttachError { get; init; }

    [Field(4)]
    public VolumeError? DetachError { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

public sealed partial record VolumeAttachmentSpec
{
    [Field(1, Always = true, Required = true)]
    public string Attacher { get; init; } = "";

    [Field(2, Required = true)]
    public VolumeAttachmentSource Source { get; init; } = VolumeAttachmentSource.Empty;

    [Field(3, Always = true, Required = true)]
    public string NodeName { get; init; } = "";
}

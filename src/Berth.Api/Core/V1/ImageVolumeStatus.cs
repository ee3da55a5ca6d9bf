using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What a node tells of an image that is a volume.</summary>
public sealed partial record ImageVolumeStatus
{
    /// <summary>The image by its digest.</summary>
    [Field(1, Required = true)]
    public string ImageRef { get; init; } = "";
}

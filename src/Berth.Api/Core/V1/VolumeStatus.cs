using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What is known of a volume that is mounted.</summary>
public sealed partial record VolumeStatus
{
    /// <summary>The image, when it is one.</summary>
    [Field(1)]
    public ImageVolumeStatus? Image { get; init; }
}

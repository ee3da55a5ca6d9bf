using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record VolumeStatus
{
    [Field(1)]
    public ImageVolumeStatus? Image { get; init; }
}

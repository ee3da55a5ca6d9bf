using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ProjectedVolumeSource
{
    [Field(1, Always = true)]
    public ApiList<VolumeProjection> Sources { get; init; } = [];

    [Field(2)]
    public int? DefaultMode { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record DownwardAPIProjection
{
    [Field(1)]
    public ApiList<DownwardAPIVolumeFile> Items { get; init; } = [];
}

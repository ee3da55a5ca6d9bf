using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record DownwardAPIVolumeSource
{
    [Field(1)]
    public ApiList<DownwardAPIVolumeFile> Items { get; init; } = [];

    [Field(2)]
    public int? DefaultMode { get; init; }
}

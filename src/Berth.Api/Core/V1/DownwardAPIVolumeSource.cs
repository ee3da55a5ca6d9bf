using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Facts about the pod as files. They follow changes in the running pod.</summary>
public sealed partial record DownwardAPIVolumeSource
{
    /// <summary>The files.</summary>
    [Field(1)]
    public ApiList<DownwardAPIVolumeFile> Items { get; init; } = [];

    /// <summary>Mode of the files, from 0 to 0777; 420 is 0644. Default: 0644.</summary>
    [Field(2)]
    public int? DefaultMode { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Several sources of files in one directory.</summary>
public sealed partial record ProjectedVolumeSource
{
    /// <summary>The sources.</summary>
    [Field(1, Always = true)]
    public ApiList<VolumeProjection> Sources { get; init; } = [];

    /// <summary>Mode of the files, from 0 to 0777; 420 is 0644. Default: 0644.</summary>
    [Field(2)]
    public int? DefaultMode { get; init; }
}

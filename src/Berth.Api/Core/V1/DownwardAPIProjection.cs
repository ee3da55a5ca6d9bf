using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Facts about the pod as files of a projected volume.</summary>
public sealed partial record DownwardAPIProjection
{
    /// <summary>The files.</summary>
    [Field(1)]
    public ApiList<DownwardAPIVolumeFile> Items { get; init; } = [];
}

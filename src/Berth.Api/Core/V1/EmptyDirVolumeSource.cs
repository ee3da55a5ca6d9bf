using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A directory that is empty when the pod starts, shared by its containers, and gone with the pod.</summary>
public sealed partial record EmptyDirVolumeSource
{
    /// <summary>
    /// Empty for the node's disk, Memory for a tmpfs, which counts as the containers' memory, HugePages or HugePages-SIZE for huge pages.
    /// </summary>
    [Field(1)]
    public string Medium { get; init; } = "";

    /// <summary>Bytes at most. On disk the pod is evicted when it has more; in memory a write fails.</summary>
    [Field(2)]
    public Quantity? SizeLimit { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Nodes that can reach a volume.</summary>
public sealed partial record VolumeNodeAffinity
{
    /// <summary>The nodes.</summary>
    [Field(1)]
    public NodeSelector? Required { get; init; }
}

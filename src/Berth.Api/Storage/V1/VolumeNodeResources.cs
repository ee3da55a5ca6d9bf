using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>What a node can have of volumes.</summary>
public sealed partial record VolumeNodeResources
{
    /// <summary>How many; absent: any number.</summary>
    [Field(1)]
    public int? Count { get; init; }
}

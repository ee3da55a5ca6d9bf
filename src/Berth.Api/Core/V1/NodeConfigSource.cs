using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Where a node's configuration came from. No longer read since 1.24.</summary>
public sealed partial record NodeConfigSource
{
    /// <summary>The ConfigMap.</summary>
    [Field(2)]
    public ConfigMapNodeConfigSource? ConfigMap { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A ConfigMap with the configuration of a node's agent. No longer read since 1.24.</summary>
public sealed partial record ConfigMapNodeConfigSource
{
    /// <summary>Namespace of the ConfigMap.</summary>
    [Field(1, Always = true, Required = true)]
    public string Namespace { get; init; } = "";

    /// <summary>Name of the ConfigMap.</summary>
    [Field(2, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Uid of the ConfigMap, set in the node's status alone.</summary>
    [Field(3)]
    public string Uid { get; init; } = "";

    /// <summary>Version of the ConfigMap, set in the node's status alone.</summary>
    [Field(4)]
    public string ResourceVersion { get; init; } = "";

    /// <summary>Key that holds the configuration.</summary>
    [Field(5, Always = true, Required = true)]
    public string KubeletConfigKey { get; init; } = "";
}

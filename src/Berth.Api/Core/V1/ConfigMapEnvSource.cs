using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A ConfigMap whose keys all become environment variables.</summary>
public sealed partial record ConfigMapEnvSource
{
    /// <summary>Name of the ConfigMap, in the namespace of the pod.</summary>
    [Field(1, In = [1])]
    public string Name { get; init; } = "";

    /// <summary>True: the container starts also without the ConfigMap.</summary>
    [Field(2)]
    public bool? Optional { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A ConfigMap or Secret whose keys all become environment variables. Exactly one of the two.</summary>
public sealed partial record EnvFromSource
{
    /// <summary>Put before each key. Keys that would be no valid variable are left out.</summary>
    [Field(1)]
    public string Prefix { get; init; } = "";

    /// <summary>The ConfigMap.</summary>
    [Field(2)]
    public ConfigMapEnvSource? ConfigMapRef { get; init; }

    /// <summary>The Secret.</summary>
    [Field(3)]
    public SecretEnvSource? SecretRef { get; init; }
}

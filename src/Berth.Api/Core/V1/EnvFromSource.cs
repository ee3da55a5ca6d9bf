using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record EnvFromSource
{
    [Field(1)]
    public string Prefix { get; init; } = "";

    [Field(2)]
    public ConfigMapEnvSource? ConfigMapRef { get; init; }

    [Field(3)]
    public SecretEnvSource? SecretRef { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record EnvVar
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2)]
    public string Value { get; init; } = "";

    [Field(3)]
    public EnvVarSource? ValueFrom { get; init; }
}

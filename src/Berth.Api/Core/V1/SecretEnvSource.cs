using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record SecretEnvSource
{
    [Field(1, In = [1])]
    public string Name { get; init; } = "";

    [Field(2)]
    public bool? Optional { get; init; }
}

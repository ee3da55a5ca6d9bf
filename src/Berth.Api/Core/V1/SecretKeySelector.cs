using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record SecretKeySelector
{
    [Field(1, In = [1])]
    public string Name { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Key { get; init; } = "";

    [Field(3)]
    public bool? Optional { get; init; }
}

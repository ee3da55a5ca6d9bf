using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record TypedLocalObjectReference
{
    [Field(1, Always = true)]
    public string? ApiGroup { get; init; }

    [Field(2, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public string Name { get; init; } = "";
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record Taint
{
    [Field(1, Always = true, Required = true)]
    public string Key { get; init; } = "";

    [Field(2)]
    public string Value { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public string Effect { get; init; } = "";

    [Field(4)]
    public Time? TimeAdded { get; init; }
}

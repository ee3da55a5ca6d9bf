using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

public sealed partial record FieldSelectorRequirement
{
    [Field(1, Always = true, Required = true)]
    public string Key { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Operator { get; init; } = "";

    [Field(3)]
    public ApiList<string> Values { get; init; } = [];
}

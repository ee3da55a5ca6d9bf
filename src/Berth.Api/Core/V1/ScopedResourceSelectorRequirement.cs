using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ScopedResourceSelectorRequirement
{
    [Field(1, Always = true, Required = true)]
    public string ScopeName { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Operator { get; init; } = "";

    [Field(3)]
    public ApiList<string> Values { get; init; } = [];
}

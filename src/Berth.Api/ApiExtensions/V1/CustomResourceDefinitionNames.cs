using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record CustomResourceDefinitionNames
{
    [Field(1, Always = true, Required = true)]
    public string Plural { get; init; } = "";

    [Field(2)]
    public string Singular { get; init; } = "";

    [Field(3)]
    public ApiList<string> ShortNames { get; init; } = [];

    [Field(4, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    [Field(5)]
    public string ListKind { get; init; } = "";

    [Field(6)]
    public ApiList<string> Categories { get; init; } = [];
}

using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record CustomResourceColumnDefinition
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(3)]
    public string Format { get; init; } = "";

    [Field(4)]
    public string Description { get; init; } = "";

    [Field(5)]
    public int Priority { get; init; }

    [Field(6, Always = true, Required = true)]
    public string JsonPath { get; init; } = "";
}

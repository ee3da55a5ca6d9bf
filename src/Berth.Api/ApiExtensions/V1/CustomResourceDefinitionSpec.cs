using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record CustomResourceDefinitionSpec
{
    [Field(1, Always = true, Required = true)]
    public string Group { get; init; } = "";

    [Field(3, Required = true)]
    public CustomResourceDefinitionNames Names { get; init; } = CustomResourceDefinitionNames.Empty;

    [Field(4, Always = true, Required = true)]
    public string Scope { get; init; } = "";

    [Field(7, Always = true, Required = true)]
    public ApiList<CustomResourceDefinitionVersion> Versions { get; init; } = [];

    [Field(9)]
    public CustomResourceConversion? Conversion { get; init; }

    [Field(10)]
    public bool PreserveUnknownFields { get; init; }
}

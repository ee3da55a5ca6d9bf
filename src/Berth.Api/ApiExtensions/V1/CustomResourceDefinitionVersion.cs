using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record CustomResourceDefinitionVersion
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public bool Served { get; init; }

    [Field(3, Always = true, Required = true)]
    public bool Storage { get; init; }

    [Field(4, Json = "schema")]
    public CustomResourceValidation? SchemaValue { get; init; }

    [Field(5)]
    public CustomResourceSubresources? Subresources { get; init; }

    [Field(6)]
    public ApiList<CustomResourceColumnDefinition> AdditionalPrinterColumns { get; init; } = [];

    [Field(7)]
    public bool Deprecated { get; init; }

    [Field(8)]
    public string? DeprecationWarning { get; init; }

    [Field(9)]
    public ApiList<SelectableField> SelectableFields { get; init; } = [];
}

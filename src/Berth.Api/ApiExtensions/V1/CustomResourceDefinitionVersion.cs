using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>A version of a kind.</summary>
public sealed partial record CustomResourceDefinitionVersion
{
    /// <summary>Its name, such as v1 or v1beta1.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>True when it can be used.</summary>
    [Field(2, Always = true, Required = true)]
    public bool Served { get; init; }

    /// <summary>True for the one version that objects are stored in.</summary>
    [Field(3, Always = true, Required = true)]
    public bool Storage { get; init; }

    /// <summary>Schema of its objects.</summary>
    [Field(4, Json = "schema")]
    public CustomResourceValidation? SchemaValue { get; init; }

    /// <summary>Subresources of its objects.</summary>
    [Field(5)]
    public CustomResourceSubresources? Subresources { get; init; }

    /// <summary>Columns that kubectl get shows. Default: the age.</summary>
    [Field(6)]
    public ApiList<CustomResourceColumnDefinition> AdditionalPrinterColumns { get; init; } = [];

    /// <summary>True warns clients that use it. Default: false.</summary>
    [Field(7)]
    public bool Deprecated { get; init; }

    /// <summary>What they are told. Default: that it is deprecated, and which version is preferred.</summary>
    [Field(8)]
    public string? DeprecationWarning { get; init; }

    /// <summary>Fields that objects can be selected by; 8 at most.</summary>
    [Field(9)]
    public ApiList<SelectableField> SelectableFields { get; init; } = [];
}

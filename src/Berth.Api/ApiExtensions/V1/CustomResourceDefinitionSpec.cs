using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>A kind: its names, versions and schemas.</summary>
public sealed partial record CustomResourceDefinitionSpec
{
    /// <summary>API group, such as example.com.</summary>
    [Field(1, Always = true, Required = true)]
    public string Group { get; init; } = "";

    /// <summary>Its names.</summary>
    [Field(3, Required = true)]
    public CustomResourceDefinitionNames Names { get; init; } = CustomResourceDefinitionNames.Empty;

    /// <summary>Namespaced or Cluster. It cannot change.</summary>
    [Field(4, Always = true, Required = true)]
    public string Scope { get; init; } = "";

    /// <summary>Its versions; exactly one of them is stored.</summary>
    [Field(7, Always = true, Required = true)]
    public ApiList<CustomResourceDefinitionVersion> Versions { get; init; } = [];

    /// <summary>How objects are brought from one version to another.</summary>
    [Field(9)]
    public CustomResourceConversion? Conversion { get; init; }

    /// <summary>Deprecated; must be false. Say x-kubernetes-preserve-unknown-fields in the schema instead.</summary>
    [Field(10)]
    public bool PreserveUnknownFields { get; init; }
}

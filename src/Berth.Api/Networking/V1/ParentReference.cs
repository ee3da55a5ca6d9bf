using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>An object.</summary>
public sealed partial record ParentReference
{
    /// <summary>Its API group.</summary>
    [Field(1)]
    public string Group { get; init; } = "";

    /// <summary>Its resource.</summary>
    [Field(2, Required = true)]
    public string Resource { get; init; } = "";

    /// <summary>Its namespace.</summary>
    [Field(3)]
    public string Namespace { get; init; } = "";

    /// <summary>Its name.</summary>
    [Field(4, Required = true)]
    public string Name { get; init; } = "";
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An object of some kind.</summary>
public sealed partial record TypedObjectReference
{
    /// <summary>Its API group; absent for the core group.</summary>
    [Field(1, Always = true)]
    public string? ApiGroup { get; init; }

    /// <summary>Its kind.</summary>
    [Field(2, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    /// <summary>Its name.</summary>
    [Field(3, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Its namespace; absent for the same one. Another one needs a ReferenceGrant there.</summary>
    [Field(4)]
    public string? Namespace { get; init; }
}

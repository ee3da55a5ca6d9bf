using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>An object with the settings of a controller.</summary>
public sealed partial record IngressClassParametersReference
{
    /// <summary>Its API group; absent for the core group.</summary>
    [Field(1)]
    public string? ApiGroup { get; init; }

    /// <summary>Its kind.</summary>
    [Field(2, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    /// <summary>Its name.</summary>
    [Field(3, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Cluster or Namespace. Default: Cluster.</summary>
    [Field(4, Always = true)]
    public string? Scope { get; init; }

    /// <summary>Its namespace, for scope Namespace.</summary>
    [Field(5)]
    public string? Namespace { get; init; }
}

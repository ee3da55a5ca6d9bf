using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

/// <summary>An object with which a token ends.</summary>
public sealed partial record BoundObjectReference
{
    /// <summary>Pod, Secret or Node.</summary>
    [Field(1)]
    public string Kind { get; init; } = "";

    /// <summary>Version of its API.</summary>
    [Field(2)]
    public string ApiVersion { get; init; } = "";

    /// <summary>Its name.</summary>
    [Field(3)]
    public string Name { get; init; } = "";

    /// <summary>Its uid.</summary>
    [Field(4)]
    public string Uid { get; init; } = "";
}

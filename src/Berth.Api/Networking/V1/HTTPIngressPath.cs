using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Requests for a path, and where they go.</summary>
public sealed partial record HTTPIngressPath
{
    /// <summary>The path, with a slash first. Needed for Exact and Prefix.</summary>
    [Field(1)]
    public string Path { get; init; } = "";

    /// <summary>Where requests go.</summary>
    [Field(2, Required = true)]
    public IngressBackend Backend { get; init; } = IngressBackend.Empty;

    /// <summary>
    /// Exact compares whole paths; Prefix the parts between slashes, from the left; ImplementationSpecific is up to the controller.
    /// </summary>
    [Field(3, Always = true, Required = true)]
    public string? PathType { get; init; }
}

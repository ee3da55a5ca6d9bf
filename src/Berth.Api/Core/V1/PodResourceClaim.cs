using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A claim of devices that containers of the pod can use. Exactly one of the two sources.</summary>
public sealed partial record PodResourceClaim
{
    /// <summary>Name by which the containers refer to it.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>An existing ResourceClaim of the pod's namespace.</summary>
    [Field(3)]
    public string? ResourceClaimName { get; init; }

    /// <summary>A ResourceClaimTemplate from which a claim is made for this pod, and deleted with it.</summary>
    [Field(4)]
    public string? ResourceClaimTemplateName { get; init; }
}

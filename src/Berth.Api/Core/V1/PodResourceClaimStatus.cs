using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>The claim behind one of resourceClaims.</summary>
public sealed partial record PodResourceClaimStatus
{
    /// <summary>Name in resourceClaims.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>The claim; absent when none was needed.</summary>
    [Field(2)]
    public string? ResourceClaimName { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A claim of devices that a container uses.</summary>
public sealed partial record ResourceClaim
{
    /// <summary>Name in resourceClaims of the pod.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>The one request of the claim whose devices it gets; absent: all.</summary>
    [Field(2)]
    public string Request { get; init; } = "";
}

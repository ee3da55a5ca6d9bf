using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Devices that are wanted.</summary>
public sealed partial record ResourceClaimSpec
{
    /// <summary>The requests.</summary>
    [Field(1)]
    public DeviceClaim Devices { get; init; } = DeviceClaim.Empty;
}

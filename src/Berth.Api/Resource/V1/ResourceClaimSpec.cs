using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record ResourceClaimSpec
{
    [Field(1)]
    public DeviceClaim Devices { get; init; } = DeviceClaim.Empty;
}

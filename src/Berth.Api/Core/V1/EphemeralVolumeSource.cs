using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record EphemeralVolumeSource
{
    [Field(1)]
    public PersistentVolumeClaimTemplate? VolumeClaimTemplate { get; init; }
}

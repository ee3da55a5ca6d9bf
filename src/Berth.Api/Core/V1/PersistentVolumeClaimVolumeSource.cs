using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PersistentVolumeClaimVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string ClaimName { get; init; } = "";

    [Field(2)]
    public bool ReadOnly { get; init; }
}

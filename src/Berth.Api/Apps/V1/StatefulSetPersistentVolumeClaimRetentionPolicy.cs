using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record StatefulSetPersistentVolumeClaimRetentionPolicy
{
    [Field(1)]
    public string WhenDeleted { get; init; } = "";

    [Field(2)]
    public string WhenScaled { get; init; } = "";
}

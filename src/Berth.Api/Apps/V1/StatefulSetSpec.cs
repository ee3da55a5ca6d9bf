using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record StatefulSetSpec
{
    [Field(1)]
    public int? Replicas { get; init; }

    [Field(2, Always = true, Required = true)]
    public LabelSelector? Selector { get; init; }

    [Field(3, Required = true)]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    [Field(4)]
    public ApiList<PersistentVolumeClaim> VolumeClaimTemplates { get; init; } = [];

    [Field(5, Always = true)]
    public string ServiceName { get; init; } = "";

    [Field(6)]
    public string PodManagementPolicy { get; init; } = "";

    [Field(7)]
    public StatefulSetUpdateStrategy UpdateStrategy { get; init; } = StatefulSetUpdateStrategy.Empty;

    [Field(8)]
    public int? RevisionHistoryLimit { get; init; }

    [Field(9)]
    public int MinReadySeconds { get; init; }

    [Field(10)]
    public StatefulSetPersistentVolumeClaimRetentionPolicy? PersistentVolumeClaimRetentionPolicy { get; init; }

    [Field(11)]
    public StatefulSetOrdinals? Ordinals { get; init; }
}

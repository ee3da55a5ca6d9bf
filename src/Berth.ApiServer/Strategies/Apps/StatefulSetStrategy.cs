using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.ApiServer.Strategies.Pods;

namespace Berth.ApiServer.Strategies.Apps;

public sealed class StatefulSetStrategy : SpecAndStatusStrategy<StatefulSet>
{
    public override StatefulSet Default(StatefulSet value)
    {
        var spec = value.Spec;
        var strategy = spec.UpdateStrategy;
        if (strategy.Type.Length == 0)
            strategy = strategy with { Type = "RollingUpdate", RollingUpdate = strategy.RollingUpdate ?? RollingUpdateStatefulSetStrategy.Empty };
        if (strategy is { Type: "RollingUpdate", RollingUpdate: { } rolling })
            strategy = strategy with { RollingUpdate = rolling with { Partition = rolling.Partition ?? 0, MaxUnavailable = rolling.MaxUnavailable ?? 1 } };
        var retention = spec.PersistentVolumeClaimRetentionPolicy ?? StatefulSetPersistentVolumeClaimRetentionPolicy.Empty;
        spec = spec with
        {
            Replicas = spec.Replicas ?? 1,
            PodManagementPolicy = spec.PodManagementPolicy.Length > 0 ? spec.PodManagementPolicy : "OrderedReady",
            UpdateStrategy = strategy,
            PersistentVolumeClaimRetentionPolicy = retention with
            {
                WhenDeleted = retention.WhenDeleted.Length > 0 ? retention.WhenDeleted : "Retain",
                WhenScaled = retention.WhenScaled.Length > 0 ? retention.WhenScaled : "Retain",
            },
            RevisionHistoryLimit = spec.RevisionHistoryLimit ?? 10,
            Template = PodDefaults.Of(spec.Template),
            VolumeClaimTemplates = spec.VolumeClaimTemplates.Map(DefaultClaim),
        };
        return spec == value.Spec ? value : value with { Spec = spec };
    }

    protected override StatefulSet WithoutStatus(StatefulSet value) => value with { Status = StatefulSetStatus.Empty };

    protected override StatefulSet WithStatusOf(StatefulSet value, StatefulSet other) => value with { Status = other.Status };

    protected override StatefulSet WithSpecOf(StatefulSet value, StatefulSet other) => value with { Spec = other.Spec };

    protected override bool SameSpec(StatefulSet value, StatefulSet other) => value.Spec == other.Spec;

    private static PersistentVolumeClaim DefaultClaim(PersistentVolumeClaim claim)
    {
        var result = claim with { Spec = PodDefaults.Of(claim.Spec) };
        if (result.Status.Phase.Length == 0)
            result = result with { Status = result.Status with { Phase = "Pending" } };
        return result == claim ? claim : result;
    }
}

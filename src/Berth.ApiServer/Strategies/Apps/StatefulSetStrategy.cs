using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Apps;

public sealed class StatefulSetStrategy : SpecAndStatusStrategy<StatefulSet>
{
    public override NameRule NameRule => NameRule.DnsLabel;

    public override StatefulSet Default(StatefulSet value)
    {
        var spec = value.Spec;
        var strategy = spec.UpdateStrategy;
        if (strategy.Type.Length == 0)
            strategy = strategy with { Type = "RollingUpdate", RollingUpdate = strategy.RollingUpdate ?? RollingUpdateStatefulSetStrategy.Empty };
        if (strategy is { Type: "RollingUpdate", RollingUpdate: { } rolling })
            strategy = strategy with { RollingUpdate = rolling with { Partition = rolling.Partition ?? 0 } };
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

    public override void Validate(StatefulSet value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        if (spec.PodManagementPolicy is not ("OrderedReady" or "Parallel"))
            errors.Invalid(path["podManagementPolicy"], spec.PodManagementPolicy, "must be 'OrderedReady' or 'Parallel'");
        Strategy(errors, path["updateStrategy"], spec.UpdateStrategy);
        if (spec.PersistentVolumeClaimRetentionPolicy is { } retention)
        {
            var at = path["persistentVolumeClaimRetentionPolicy"];
            BasicRules.OneOf(errors, at["whenDeleted"], retention.WhenDeleted, "Retain", "Delete");
            BasicRules.OneOf(errors, at["whenScaled"], retention.WhenScaled, "Retain", "Delete");
        }

        for (var i = 0; i < spec.VolumeClaimTemplates.Count; i++)
            ClaimRules.Spec(errors, path["volumeClaimTemplates"][i]["spec"], spec.VolumeClaimTemplates[i].Spec);
        BasicRules.NonNegative(errors, path["replicas"], spec.Replicas ?? 1);
        BasicRules.NonNegative(errors, path["minReadySeconds"], spec.MinReadySeconds);
        if (spec.Ordinals is { } ordinals)
            BasicRules.NonNegative(errors, path["ordinals.start"], ordinals.Start);
        if (spec.ServiceName.Length > 0)
            errors.Invalid(path["serviceName"], spec.ServiceName, NameSyntax.DnsLabel(spec.ServiceName));
        if (spec.Selector is null)
            errors.Required(path["selector"]);
        PodTemplateRules.Selects(errors, path["selector"], spec.Selector, spec.Template, path["template"], "empty selector is invalid for statefulset", "");
        PodTemplateRules.Validate(errors, path["template"], WithClaims(spec));
        PodTemplateRules.AlwaysRestarts(errors, path["template"], spec.Template, "StatefulSet");
    }

    public override void ValidateUpdate(StatefulSet value, StatefulSet old, FieldErrors errors)
    {
        var before = old.Spec;
        var rest = value.Spec with
        {
            Replicas = before.Replicas,
            Template = before.Template,
            UpdateStrategy = before.UpdateStrategy,
            MinReadySeconds = before.MinReadySeconds,
            Ordinals = before.Ordinals,
            RevisionHistoryLimit = before.RevisionHistoryLimit,
            PersistentVolumeClaimRetentionPolicy = before.PersistentVolumeClaimRetentionPolicy,
        };
        if (rest != before)
            errors.Forbidden(FieldPath.Spec, "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
    }

    public override void ValidateStatusUpdate(StatefulSet value, StatefulSet old, FieldErrors errors)
    {
        var status = value.Status;
        ReplicaCounts.Validate(
            errors, FieldPath.Root["status"], status.Replicas, ("currentReplicas", status.CurrentReplicas), ("updatedReplicas", status.UpdatedReplicas), ("readyReplicas", status.ReadyReplicas), ("availableReplicas", status.AvailableReplicas));
        ReplicaCounts.Collisions(errors, status.CollisionCount, old.Status.CollisionCount);
    }

    private static void Strategy(FieldErrors errors, FieldPath path, StatefulSetUpdateStrategy strategy)
    {
        if (strategy.Type is not ("OnDelete" or "RollingUpdate"))
            errors.Invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'");
        if (strategy is { Type: "OnDelete", RollingUpdate: not null })
            errors.Invalid(path["rollingUpdate"], strategy.RollingUpdate, "only allowed for updateStrategy 'RollingUpdate'");
        if (strategy is not { Type: "RollingUpdate", RollingUpdate: { } rolling })
            return;
        BasicRules.NonNegative(errors, path["rollingUpdate"]["partition"], rolling.Partition ?? 0);
        if (rolling.MaxUnavailable is not { } unavailable)
            return;
        BasicRules.CountOrPercent(errors, path["rollingUpdate"]["maxUnavailable"], unavailable);
        if (BasicRules.IsZero(unavailable))
            errors.Invalid(path["rollingUpdate"]["maxUnavailable"], unavailable, "cannot be 0");
        BasicRules.AtMostAllOf(errors, path["rollingUpdate"]["maxUnavailable"], unavailable);
    }

    // Each pod gets a volume for each claim template, and its host name from its place in the set.
    private static PodTemplateSpec WithClaims(StatefulSetSpec spec)
    {
        var claims = spec.VolumeClaimTemplates.Select(c => c.Metadata.Name).ToHashSet();
        var volumes = spec.VolumeClaimTemplates.Select(c => new Volume { Name = c.Metadata.Name, PersistentVolumeClaim = new() { ClaimName = c.Metadata.Name } })
            .Concat(spec.Template.Spec.Volumes.Where(v => !claims.Contains(v.Name)));
        return spec.Template with { Spec = spec.Template.Spec with { Hostname = "", Subdomain = "", Volumes = volumes.ToApiList() } };
    }

    public override IEnumerable<string> Warnings(StatefulSet value, StatefulSet? old) => old is not null && value.Spec.Template == old.Spec.Template
        ? []
        : PodWarnings.Of(FieldPath.Spec["template"], value.Spec.Template.Spec, value.Spec.Template.Metadata);

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

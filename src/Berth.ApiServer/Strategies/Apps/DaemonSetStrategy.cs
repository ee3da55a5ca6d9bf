using System.Globalization;
using Berth.Api.Apps.V1;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Apps;

public sealed class DaemonSetStrategy : SpecAndStatusStrategy<DaemonSet>
{
    // A field of the API's first versions, which clients still read.
    private const string TemplateGeneration = "deprecated.daemonset.template.generation";

    public override DaemonSet Default(DaemonSet value)
    {
        var spec = value.Spec;
        var strategy = spec.UpdateStrategy;
        if (strategy.Type.Length == 0)
            strategy = strategy with { Type = "RollingUpdate" };
        if (strategy.Type == "RollingUpdate")
        {
            var rolling = strategy.RollingUpdate ?? RollingUpdateDaemonSet.Empty;
            strategy = strategy with
            {
                RollingUpdate = rolling with { MaxUnavailable = rolling.MaxUnavailable ?? 1, MaxSurge = rolling.MaxSurge ?? 0 },
            };
        }

        spec = spec with
        {
            UpdateStrategy = strategy,
            RevisionHistoryLimit = spec.RevisionHistoryLimit ?? 10,
            Template = PodDefaults.Of(spec.Template),
        };
        return spec == value.Spec ? value : value with { Spec = spec };
    }

    public override DaemonSet PrepareForCreate(DaemonSet value) => WithTemplateGeneration(WithoutStatus(value), 1);

    public override DaemonSet PrepareForUpdate(DaemonSet value, DaemonSet old)
    {
        var generation = long.TryParse(old.Metadata.Annotations.GetOr(TemplateGeneration, ""), NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : 1;
        return WithTemplateGeneration(WithStatusOf(value, old), value.Spec.Template == old.Spec.Template ? generation : generation + 1);
    }

    public override void Validate(DaemonSet value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        PodTemplateRules.Selects(errors, path["selector"], spec.Selector, spec.Template, path["template"], "empty selector is invalid for daemonset", null);
        PodTemplateRules.Validate(errors, path["template"], spec.Template);
        PodTemplateRules.AlwaysRestarts(errors, path["template"], spec.Template, "DaemonSet");
        BasicRules.NonNegative(errors, path["minReadySeconds"], spec.MinReadySeconds);
        if (spec.UpdateStrategy.Type is not ("OnDelete" or "RollingUpdate"))
            errors.NotSupported(path["updateStrategy"], spec.UpdateStrategy, "RollingUpdate", "OnDelete");
        else if (spec.UpdateStrategy is { Type: "RollingUpdate", RollingUpdate: { } rolling })
            Rolling(errors, path["updateStrategy"]["rollingUpdate"], rolling);
        if (spec.RevisionHistoryLimit is { } limit)
            BasicRules.NonNegative(errors, path["revisionHistoryLimit"], limit);
    }

    public override void ValidateUpdate(DaemonSet value, DaemonSet old, FieldErrors errors) =>
        BasicRules.Unchanged(errors, FieldPath.Spec["selector"], value.Spec.Selector, old.Spec.Selector);

    public override void ValidateStatusUpdate(DaemonSet value, DaemonSet old, FieldErrors errors)
    {
        var (status, path) = (value.Status, FieldPath.Root["status"]);
        foreach (var (name, count) in (ReadOnlySpan<(string, int)>)
            [("currentNumberScheduled", status.CurrentNumberScheduled), ("numberMisscheduled", status.NumberMisscheduled), ("desiredNumberScheduled", status.DesiredNumberScheduled),
             ("numberReady", status.NumberReady), ("updatedNumberScheduled", status.UpdatedNumberScheduled), ("numberAvailable", status.NumberAvailable),
             ("numberUnavailable", status.NumberUnavailable)])
            BasicRules.NonNegative(errors, path[name], count);
        ReplicaCounts.Collisions(errors, status.CollisionCount, old.Status.CollisionCount);
    }

    private static DaemonSet WithTemplateGeneration(DaemonSet value, long generation) => value with
    {
        Metadata = value.Metadata with { Annotations = value.Metadata.Annotations.With(TemplateGeneration, generation.ToString(CultureInfo.InvariantCulture)) },
    };

    private static void Rolling(FieldErrors errors, FieldPath path, RollingUpdateDaemonSet rolling)
    {
        var (unavailable, surge) = (rolling.MaxUnavailable ?? 0, rolling.MaxSurge ?? 0);
        BasicRules.CountOrPercent(errors, path["maxUnavailable"], unavailable);
        BasicRules.CountOrPercent(errors, path["maxSurge"], surge);
        if (!BasicRules.IsZero(unavailable) && !BasicRules.IsZero(surge))
            errors.Invalid(path["maxSurge"], surge, "may not be set when maxUnavailable is non-zero");
        else if (BasicRules.IsZero(unavailable) && BasicRules.IsZero(surge))
            errors.Required(path["maxUnavailable"], "cannot be 0 when maxSurge is 0");
        BasicRules.AtMostAllOf(errors, path["maxUnavailable"], unavailable);
        BasicRules.AtMostAllOf(errors, path["maxSurge"], surge);
    }

    public override IEnumerable<string> Warnings(DaemonSet value, DaemonSet? old) => old is not null && value.Spec.Template == old.Spec.Template
        ? []
        : PodWarnings.Of(FieldPath.Spec["template"], value.Spec.Template.Spec, value.Spec.Template.Metadata);

    protected override DaemonSet WithoutStatus(DaemonSet value) => value with { Status = DaemonSetStatus.Empty };

    protected override DaemonSet WithStatusOf(DaemonSet value, DaemonSet other) => value with { Status = other.Status };

    protected override DaemonSet WithSpecOf(DaemonSet value, DaemonSet other) => value with { Spec = other.Spec };

    protected override bool SameSpec(DaemonSet value, DaemonSet other) => value.Spec == other.Spec;
}

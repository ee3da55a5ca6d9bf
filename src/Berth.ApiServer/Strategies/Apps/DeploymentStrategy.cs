using Berth.Api.Apps.V1;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Apps;

public sealed class DeploymentStrategy : SpecAndStatusStrategy<Deployment>
{
    public override Deployment Default(Deployment value)
    {
        var spec = value.Spec;
        var strategy = spec.Strategy;
        if (strategy.Type.Length == 0)
            strategy = strategy with { Type = "RollingUpdate" };
        if (strategy.Type == "RollingUpdate")
        {
            var rolling = strategy.RollingUpdate ?? RollingUpdateDeployment.Empty;
            strategy = strategy with
            {
                RollingUpdate = rolling with { MaxUnavailable = rolling.MaxUnavailable ?? "25%", MaxSurge = rolling.MaxSurge ?? "25%" },
            };
        }

        spec = spec with
        {
            Replicas = spec.Replicas ?? 1,
            Strategy = strategy,
            RevisionHistoryLimit = spec.RevisionHistoryLimit ?? 10,
            ProgressDeadlineSeconds = spec.ProgressDeadlineSeconds ?? 600,
            Template = PodDefaults.Of(spec.Template),
        };
        return spec == value.Spec ? value : value with { Spec = spec };
    }

    /// <summary>Annotations count too: the controller copies them to replica sets, so it must see that they changed.</summary>
    public override bool ChangesGeneration(Deployment value, Deployment old) =>
        value.Spec != old.Spec || !value.Metadata.Annotations.Equals(old.Metadata.Annotations);

    public override Deployment PrepareForStatusUpdate(Deployment value, Deployment old) =>
        value with { Spec = old.Spec, Metadata = value.Metadata with { Labels = old.Metadata.Labels } };

    public override void Validate(Deployment value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        BasicRules.NonNegative(errors, path["replicas"], spec.Replicas ?? 1);
        if (spec.Selector is null)
            errors.Required(path["selector"]);
        PodTemplateRules.Selects(errors, path["selector"], spec.Selector, spec.Template, path["template"], "empty selector is invalid for deployment");
        PodTemplateRules.Validate(errors, path["template"], spec.Template);
        PodTemplateRules.AlwaysRestarts(errors, path["template"], spec.Template, "ReplicaSet");
        switch (spec.Strategy.Type)
        {
            case "Recreate":
                if (spec.Strategy.RollingUpdate is not null)
                    errors.Forbidden(path["strategy"]["rollingUpdate"], "may not be specified when strategy `type` is 'Recreate'");
                break;
            case "RollingUpdate":
                Rolling(errors, path["strategy"]["rollingUpdate"], spec.Strategy.RollingUpdate ?? RollingUpdateDeployment.Empty);
                break;
            default:
                errors.NotSupported(path["strategy"], spec.Strategy, "Recreate", "RollingUpdate");
                break;
        }

        BasicRules.NonNegative(errors, path["minReadySeconds"], spec.MinReadySeconds);
        if (spec.RevisionHistoryLimit is { } limit)
            BasicRules.NonNegative(errors, path["revisionHistoryLimit"], limit);
        if (spec.ProgressDeadlineSeconds is { } deadline)
        {
            BasicRules.NonNegative(errors, path["progressDeadlineSeconds"], deadline);
            if (deadline <= spec.MinReadySeconds)
                errors.Invalid(path["progressDeadlineSeconds"], deadline, "must be greater than minReadySeconds");
        }
    }

    public override void ValidateUpdate(Deployment value, Deployment old, FieldErrors errors) =>
        BasicRules.Unchanged(errors, FieldPath.Spec["selector"], value.Spec.Selector, old.Spec.Selector);

    public override void ValidateStatusUpdate(Deployment value, Deployment old, FieldErrors errors)
    {
        var (status, path) = (value.Status, FieldPath.Root["status"]);
        ReplicaCounts.Validate(
            errors, path, status.Replicas, ("updatedReplicas", status.UpdatedReplicas), ("readyReplicas", status.ReadyReplicas), ("availableReplicas", status.AvailableReplicas));
        BasicRules.NonNegative(errors, path["unavailableReplicas"], status.UnavailableReplicas);
        ReplicaCounts.Collisions(errors, status.CollisionCount, old.Status.CollisionCount);
    }

    private static void Rolling(FieldErrors errors, FieldPath path, RollingUpdateDeployment rolling)
    {
        var (unavailable, surge) = (rolling.MaxUnavailable ?? 0, rolling.MaxSurge ?? 0);
        BasicRules.CountOrPercent(errors, path["maxUnavailable"], unavailable);
        BasicRules.CountOrPercent(errors, path["maxSurge"], surge);
        if (BasicRules.IsZero(unavailable) && BasicRules.IsZero(surge))
            errors.Invalid(path["maxUnavailable"], unavailable, "may not be 0 when `maxSurge` is 0");
        BasicRules.AtMostAllOf(errors, path["maxUnavailable"], unavailable);
    }

    public override IEnumerable<string> Warnings(Deployment value, Deployment? old) => old is not null && value.Spec.Template == old.Spec.Template
        ? []
        : [.. PodWarnings.OfName(value.Metadata.Name), .. PodWarnings.Of(FieldPath.Spec["template"], value.Spec.Template.Spec, value.Spec.Template.Metadata)];

    protected override Deployment WithoutStatus(Deployment value) => value with { Status = DeploymentStatus.Empty };

    protected override Deployment WithStatusOf(Deployment value, Deployment other) => value with { Status = other.Status };

    protected override Deployment WithSpecOf(Deployment value, Deployment other) => value with { Spec = other.Spec };

    protected override bool SameSpec(Deployment value, Deployment other) => value.Spec == other.Spec;
}

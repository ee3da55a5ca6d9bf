using System.Globalization;
using Berth.Api.Apps.V1;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Apps;

public sealed class ReplicaSetStrategy : SpecAndStatusStrategy<ReplicaSet>
{
    public override IReadOnlyDictionary<string, Func<ReplicaSet, string>> SelectableFields { get; } = new Dictionary<string, Func<ReplicaSet, string>>
    {
        ["status.replicas"] = r => r.Status.Replicas.ToString(CultureInfo.InvariantCulture),
    };

    public override ReplicaSet Default(ReplicaSet value)
    {
        var spec = value.Spec with { Replicas = value.Spec.Replicas ?? 1, Template = PodDefaults.Of(value.Spec.Template) };
        return spec == value.Spec ? value : value with { Spec = spec };
    }

    public override void Validate(ReplicaSet value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        BasicRules.NonNegative(errors, path["replicas"], spec.Replicas ?? 1);
        BasicRules.NonNegative(errors, path["minReadySeconds"], spec.MinReadySeconds);
        if (spec.Selector is null)
            errors.Required(path["selector"]);
        PodTemplateRules.Selects(errors, path["selector"], spec.Selector, spec.Template, path["template"], "empty selector is invalid for deployment");
        PodTemplateRules.Validate(errors, path["template"], spec.Template);
        PodTemplateRules.AlwaysRestarts(errors, path["template"], spec.Template, "ReplicaSet");
    }

    public override void ValidateUpdate(ReplicaSet value, ReplicaSet old, FieldErrors errors) =>
        BasicRules.Unchanged(errors, FieldPath.Spec["selector"], value.Spec.Selector, old.Spec.Selector);

    public override void ValidateStatusUpdate(ReplicaSet value, ReplicaSet old, FieldErrors errors)
    {
        var status = value.Status;
        ReplicaCounts.Validate(
            errors, FieldPath.Root["status"], status.Replicas, ("fullyLabeledReplicas", status.FullyLabeledReplicas), ("readyReplicas", status.ReadyReplicas), ("availableReplicas", status.AvailableReplicas));
    }

    public override IEnumerable<string> Warnings(ReplicaSet value, ReplicaSet? old) => old is not null && value.Spec.Template == old.Spec.Template
        ? []
        : [.. PodWarnings.OfName(value.Metadata.Name), .. PodWarnings.Of(FieldPath.Spec["template"], value.Spec.Template.Spec, value.Spec.Template.Metadata)];

    protected override ReplicaSet WithoutStatus(ReplicaSet value) => value with { Status = ReplicaSetStatus.Empty };

    protected override ReplicaSet WithStatusOf(ReplicaSet value, ReplicaSet other) => value with { Status = other.Status };

    protected override ReplicaSet WithSpecOf(ReplicaSet value, ReplicaSet other) => value with { Spec = other.Spec };

    protected override bool SameSpec(ReplicaSet value, ReplicaSet other) => value.Spec == other.Spec;
}

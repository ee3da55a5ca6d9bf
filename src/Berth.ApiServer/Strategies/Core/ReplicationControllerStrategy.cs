using System.Globalization;
using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Core;

public sealed class ReplicationControllerStrategy : SpecAndStatusStrategy<ReplicationController>
{
    public override IReadOnlyDictionary<string, Func<ReplicationController, string>> SelectableFields { get; } =
        new Dictionary<string, Func<ReplicationController, string>>
        {
            ["status.replicas"] = r => r.Status.Replicas.ToString(CultureInfo.InvariantCulture),
        };

    public override ReplicationController Default(ReplicationController value)
    {
        var spec = value.Spec;
        var template = spec.Template is null ? null : PodDefaults.Of(spec.Template);
        var labels = template?.Metadata.Labels ?? [];
        spec = spec with
        {
            Replicas = spec.Replicas ?? 1,
            Template = template,
            Selector = spec.Selector.IsEmpty ? labels : spec.Selector,
        };
        if (spec != value.Spec)
            value = value with { Spec = spec };
        return value.Metadata.Labels.IsEmpty && !labels.IsEmpty
            ? value with { Metadata = value.Metadata with { Labels = labels } }
            : value;
    }

    public override void Validate(ReplicationController value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        BasicRules.NonNegative(errors, path["minReadySeconds"], spec.MinReadySeconds);
        if (spec.Selector.IsEmpty)
            errors.Required(path["selector"]);
        BasicRules.NonNegative(errors, path["replicas"], spec.Replicas ?? 1);
        if (spec.Template is not { } template)
        {
            errors.Required(path["template"]);
            return;
        }

        if (!spec.Selector.IsEmpty && !LabelSelectors.FromLabels(spec.Selector).Matches(template.Metadata.Labels))
            errors.Invalid(path["template"]["metadata"]["labels"], template.Metadata.Labels, "`selector` does not match template `labels`");
        PodTemplateRules.Validate(errors, path["template"], template);
        PodTemplateRules.AlwaysRestarts(errors, path["template"], template, "ReplicationController");
    }

    public override void ValidateStatusUpdate(ReplicationController value, ReplicationController old, FieldErrors errors)
    {
        var status = value.Status;
        Apps.ReplicaCounts.Validate(
            errors, FieldPath.Root["status"], status.Replicas, ("fullyLabeledReplicas", status.FullyLabeledReplicas), ("readyReplicas", status.ReadyReplicas), ("availableReplicas", status.AvailableReplicas));
    }

    protected override ReplicationController WithoutStatus(ReplicationController value) => value with { Status = ReplicationControllerStatus.Empty };

    protected override ReplicationController WithStatusOf(ReplicationController value, ReplicationController other) => value with { Status = other.Status };

    protected override ReplicationController WithSpecOf(ReplicationController value, ReplicationController other) => value with { Spec = other.Spec };

    protected override bool SameSpec(ReplicationController value, ReplicationController other) => value.Spec == other.Spec;
}

using System.Globalization;
using Berth.Api.Core.V1;
using Berth.ApiServer.Strategies.Pods;

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

    protected override ReplicationController WithoutStatus(ReplicationController value) => value with { Status = ReplicationControllerStatus.Empty };

    protected override ReplicationController WithStatusOf(ReplicationController value, ReplicationController other) => value with { Status = other.Status };

    protected override ReplicationController WithSpecOf(ReplicationController value, ReplicationController other) => value with { Spec = other.Spec };

    protected override bool SameSpec(ReplicationController value, ReplicationController other) => value.Spec == other.Spec;
}

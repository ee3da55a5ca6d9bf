using System.Globalization;
using Berth.Api.Apps.V1;
using Berth.ApiServer.Strategies.Pods;

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

    protected override ReplicaSet WithoutStatus(ReplicaSet value) => value with { Status = ReplicaSetStatus.Empty };

    protected override ReplicaSet WithStatusOf(ReplicaSet value, ReplicaSet other) => value with { Status = other.Status };

    protected override ReplicaSet WithSpecOf(ReplicaSet value, ReplicaSet other) => value with { Spec = other.Spec };

    protected override bool SameSpec(ReplicaSet value, ReplicaSet other) => value.Spec == other.Spec;
}

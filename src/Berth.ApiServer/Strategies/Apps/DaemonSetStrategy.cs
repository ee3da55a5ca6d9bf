using Berth.Api.Apps.V1;
using Berth.ApiServer.Strategies.Pods;

namespace Berth.ApiServer.Strategies.Apps;

public sealed class DaemonSetStrategy : SpecAndStatusStrategy<DaemonSet>
{
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

    protected override DaemonSet WithoutStatus(DaemonSet value) => value with { Status = DaemonSetStatus.Empty };

    protected override DaemonSet WithStatusOf(DaemonSet value, DaemonSet other) => value with { Status = other.Status };

    protected override DaemonSet WithSpecOf(DaemonSet value, DaemonSet other) => value with { Spec = other.Spec };

    protected override bool SameSpec(DaemonSet value, DaemonSet other) => value.Spec == other.Spec;
}

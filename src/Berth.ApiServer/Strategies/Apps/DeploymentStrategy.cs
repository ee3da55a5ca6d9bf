using Berth.Api.Apps.V1;
using Berth.ApiServer.Strategies.Pods;

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

    protected override Deployment WithoutStatus(Deployment value) => value with { Status = DeploymentStatus.Empty };

    protected override Deployment WithStatusOf(Deployment value, Deployment other) => value with { Status = other.Status };

    protected override Deployment WithSpecOf(Deployment value, Deployment other) => value with { Spec = other.Spec };

    protected override bool SameSpec(Deployment value, Deployment other) => value.Spec == other.Spec;
}

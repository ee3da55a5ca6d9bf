using Berth.Scheduler.Plugins;

namespace Berth.Scheduler.Cycle;

/// <summary>How pods that name one scheduler are placed.</summary>
/// <param name="SchedulerName">Pods with this <c>spec.schedulerName</c> are placed by the profile.</param>
/// <param name="Filters">In the order in which they run.</param>
/// <param name="Scorers">Each with the weight that it has in this profile.</param>
/// <param name="Preempts">Whether pods may push out others of lower priority.</param>
public sealed record SchedulerProfile(string SchedulerName, IReadOnlyList<IFilterPlugin> Filters, IReadOnlyList<(IScorePlugin Plugin, int Weight)> Scorers, bool Preempts)
{
    /// <summary>Plugins that the profile does not want, of those that need a view of the cluster of their own (<see cref="With"/>).</summary>
    public IReadOnlySet<string> Disabled { get; init; } = new HashSet<string>();

    public const string DefaultName = "default-scheduler";

    public static SchedulerProfile Default { get; } =
        new(DefaultName, DefaultPlugins.Filters, [.. DefaultPlugins.Scorers.Select(s => (s, s.Weight))], Preempts: true);

    /// <summary>The profile with filters that need a view of the cluster of their own, at their place in kube-scheduler's order: before spreading.</summary>
    internal SchedulerProfile With(IReadOnlyList<IFilterPlugin> bound)
    {
        var wanted = bound.Where(f => !Disabled.Contains(f.Name)).ToList();
        var at = Filters.TakeWhile(f => f is not PodTopologySpread and not InterPodAffinity).Count();
        return this with { Filters = [.. Filters.Take(at), .. wanted, .. Filters.Skip(at)] };
    }
}

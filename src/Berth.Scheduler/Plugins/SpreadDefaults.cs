using Berth.Api.Core.V1;

namespace Berth.Scheduler.Plugins;

/// <summary>How pods are spread that say nothing of it themselves.</summary>
/// <param name="BuiltIn">True for <see cref="System"/>: then nodes without the labels take part too.</param>
public sealed record SpreadDefaults(IReadOnlyList<TopologySpreadConstraint> Constraints, bool BuiltIn)
{
    /// <summary>Loosely over machines and zones, as kube-scheduler does where nothing else is configured.</summary>
    public static SpreadDefaults System { get; } = new(
        [
            new() { TopologyKey = SpreadConstraint.Hostname, WhenUnsatisfiable = "ScheduleAnyway", MaxSkew = 3 },
            new() { TopologyKey = "topology.kubernetes.io/zone", WhenUnsatisfiable = "ScheduleAnyway", MaxSkew = 5 },
        ],
        BuiltIn: true);
}

using Berth.Scheduler.Cycle;

namespace Berth.Scheduler.Plugins;

/// <summary>The plugins of the default profile, in the order in which they run.</summary>
public static class DefaultPlugins
{
    private static readonly NodeAffinity s_affinity = new();
    private static readonly NodeResourcesFit s_fit = new();
    private static readonly PodTopologySpread s_spread = new();
    private static readonly InterPodAffinity s_pods = new();

    public static IReadOnlyList<IFilterPlugin> Filters { get; } =
    [
        new NodeUnschedulable(),
        new NodeName(),
        new TaintToleration(),
        s_affinity,
        new NodePorts(),
        s_fit,
        s_spread,
        s_pods,
    ];

    public static IReadOnlyList<IScorePlugin> Scorers { get; } =
    [
        new TaintToleration(),
        s_affinity,
        s_fit,
        s_spread,
        s_pods,
        new NodeResourcesBalancedAllocation(),
        new ImageLocality(),
    ];
}

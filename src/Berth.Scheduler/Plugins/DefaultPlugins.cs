using Berth.Scheduler.Cycle;

namespace Berth.Scheduler.Plugins;

/// <summary>The plugins of the default profile, in the order in which they run.</summary>
public static class DefaultPlugins
{
    public static IReadOnlyList<IFilterPlugin> Filters { get; } =
    [
        new NodeUnschedulable(),
        new NodeName(),
        new TaintToleration(),
        new NodeAffinity(),
        new NodePorts(),
        new NodeResourcesFit(),
    ];

    public static IReadOnlyList<IScorePlugin> Scorers { get; } =
    [
        new TaintToleration(),
        new NodeAffinity(),
        new NodeResourcesFit(),
        new NodeResourcesBalancedAllocation(),
        new ImageLocality(),
    ];
}

using Berth.Api.Core.V1;

namespace Berth.Controllers.NodeLifecycle;

/// <summary>
/// How fast nodes of a zone may be given up. When all nodes everywhere are silent, it is likelier that the control plane is
/// cut off than that they all died: nothing is evicted then.
/// </summary>
public static class ZoneDisruption
{
    // The four numbers as Kubernetes by default: one node in 10 s; in a zone that mostly fails, one in 100 s, or none when
    // the cluster is small.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_intervalWhenDisrupted = TimeSpan.FromSeconds(100);
    private const double UnhealthyShare = 0.55;
    private const int LargeCluster = 50;

    public static string ZoneOf(Node node) =>
        $"{node.Metadata.Labels.GetOr("topology.kubernetes.io/region")}/{node.Metadata.Labels.GetOr("topology.kubernetes.io/zone")}";

    /// <summary>True when there are nodes and none of them is ready.</summary>
    public static bool IsTotal(IReadOnlyCollection<Node> nodes)
    {
        var counted = nodes.Where(Counts).ToList();
        return counted.Count > 0 && !counted.Exists(NodeReconciler.IsReady);
    }

    /// <summary>The least time between two evictions in a zone; null when there should be none.</summary>
    public static TimeSpan? Interval(string zone, IReadOnlyCollection<Node> nodes)
    {
        if (IsTotal(nodes))
            return null;
        var counted = nodes.Where(n => Counts(n) && ZoneOf(n) == zone).ToList();
        var failed = counted.Count(n => !NodeReconciler.IsReady(n));
        // A zone that failed as a whole is given up at the normal rate: the other zones show that we can see.
        if (failed == counted.Count || failed <= 2 || (double)failed / counted.Count < UnhealthyShare)
            return s_interval;
        return counted.Count > LargeCluster ? s_intervalWhenDisrupted : null;
    }

    private static bool Counts(Node node) => !node.Metadata.Labels.ContainsKey("node.kubernetes.io/exclude-disruption");
}

using Berth.Scheduler.Cycle;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>No two pods take the same port of a node.</summary>
public sealed class NodePorts : IFilterPlugin
{
    public string Name => nameof(NodePorts);

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        if (pod.Ports.Count == 0)
            return;
        foreach (var row in candidates.Remaining)
        {
            if (state.Ports(row).Any(taken => pod.Ports.Any(asked => asked.Conflicts(taken))))
                candidates.Reject(row, Name, resolvable: true, "node(s) didn't have free ports for the requested pod ports");
        }
    }
}

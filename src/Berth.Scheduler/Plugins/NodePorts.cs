using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
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
            if (Conflict(pod.Ports, state.Ports(row)))
                candidates.Reject(row, Name, resolvable: true, "node(s) didn't have free ports for the requested pod ports");
        }
    }

    public bool MayHelp(Pod pod, ClusterEvent change) => change switch
    {
        ClusterEvent.NodeAdded => true,
        ClusterEvent.PodGone(var gone) => Conflict(HostPort.Of(pod), HostPort.Of(gone)),
        _ => false,
    };

    private static bool Conflict(IReadOnlyList<HostPort> asked, IReadOnlyList<HostPort> taken)
    {
        foreach (var port in taken)
        {
            foreach (var mine in asked)
            {
                if (mine.Conflicts(port))
                    return true;
            }
        }

        return false;
    }
}

using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>A pod that names its node goes nowhere else.</summary>
public sealed class NodeName : IFilterPlugin
{
    public string Name => nameof(NodeName);

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        var asked = pod.Pod.Spec.NodeName;
        if (asked.Length == 0)
            return;
        foreach (var row in candidates.Remaining)
        {
            if (state.Node(row).Metadata.Name != asked)
                candidates.Reject(row, Name, resolvable: false, "node(s) didn't match the requested node name");
        }
    }

    public bool MayHelp(Pod pod, ClusterEvent change) => change is ClusterEvent.NodeAdded(var node) && node.Metadata.Name == pod.Spec.NodeName;
}

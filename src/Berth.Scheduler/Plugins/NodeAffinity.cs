using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>Node selector and node affinity: required terms filter, preferred terms score by their weight.</summary>
/// <param name="added">Affinity that the profile demands on top of each pod's own; null for none.</param>
public sealed class NodeAffinity(Berth.Api.Core.V1.NodeAffinity? added = null) : IFilterPlugin, IScorePlugin
{
    private readonly RequiredNodeAffinity? _added = added?.RequiredDuringSchedulingIgnoredDuringExecution is null
        ? null
        : new RequiredNodeAffinity(new Pod { Spec = new() { Affinity = new() { NodeAffinity = added } } });

    public string Name => nameof(NodeAffinity);

    public int Weight => 2;

    // Where the affinity names its nodes, as for pods of a DaemonSet, no other node is looked at.
    public void PreFilter(PodContext pod, ClusterState state, Candidates candidates)
    {
        if (pod.NodeAffinity.Names is not { } names)
            return;
        if (names.Count == 0)
        {
            candidates.RejectPod(Name, "pod affinity terms conflict");
            return;
        }

        var named = new NodeSet(state.RowCount);
        foreach (var name in names)
        {
            if (state.Row(name) is { } row)
                named.Add(row);
        }

        foreach (var row in candidates.Remaining)
        {
            if (!named.Contains(row))
                candidates.Reject(row, Name, resolvable: false, "node(s) didn't satisfy plugin(s) [NodeAffinity]");
        }
    }

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        var required = pod.NodeAffinity;
        if (required.IsEmpty && _added is null)
            return;
        foreach (var row in candidates.Remaining)
        {
            var node = state.Node(row);
            if (_added?.Matches(node) == false)
                candidates.Reject(row, Name, resolvable: false, "node(s) didn't match scheduler-enforced node affinity");
            else if (!required.Matches(node))
                candidates.Reject(row, Name, resolvable: false, "node(s) didn't match Pod's node affinity/selector");
        }
    }

    public bool MayHelp(Pod pod, ClusterEvent change) => change switch
    {
        ClusterEvent.NodeAdded(var node) => Matches(pod, node),
        ClusterEvent.NodeChanged(var old, var node) => !old.Metadata.Labels.Equals(node.Metadata.Labels) && Matches(pod, node),
        ClusterEvent.SelfChanged(var old, var now) => old.Spec.Affinity != now.Spec.Affinity || !old.Spec.NodeSelector.Equals(now.Spec.NodeSelector),
        _ => false,
    };

    public void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores)
    {
        var preferred = (pod.Pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? [])
            .Concat(added?.PreferredDuringSchedulingIgnoredDuringExecution ?? [])
            .ToList();
        if (preferred.Count == 0)
            return;
        var terms = preferred.Where(p => p.Weight != 0).Select(p => (p.Weight, Term: new NodeTerm(p.Preference))).ToList();
        foreach (var row in nodes)
        {
            var node = state.Node(row);
            foreach (var (weight, term) in terms)
            {
                if (term.Matches(node))
                    scores[row] += weight;
            }
        }

        Normalization.ByMax(nodes, scores, reverse: false);
    }

    private bool Matches(Pod pod, Node node) => _added?.Matches(node) != false && new RequiredNodeAffinity(pod).Matches(node);
}

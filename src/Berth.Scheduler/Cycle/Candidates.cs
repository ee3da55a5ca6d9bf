using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Cycle;

/// <summary>
/// The nodes that still can take the pod, and why each of the others cannot. Filters take nodes out; a node is judged by the
/// first filter that refuses it.
/// </summary>
public sealed class Candidates
{
    private readonly SortedDictionary<string, int> _reasons = new(StringComparer.Ordinal);
    private readonly List<Rejection> _rejections = [];

    public Candidates(ClusterState state)
    {
        Remaining = state.Nodes.Copy();
        NodeCount = state.NodeCount;
    }

    public NodeSet Remaining { get; }

    public int NodeCount { get; }

    /// <summary>Each refused node with its reason, in the order of the filters.</summary>
    public IReadOnlyList<Rejection> Rejections => _rejections;

    /// <summary>How many nodes each reason keeps out.</summary>
    public IReadOnlyDictionary<string, int> Reasons => _reasons;

    /// <summary>Why no node was even looked at (the pod asks for something that does not exist); null when nodes were.</summary>
    public string? PodProblem { get; private set; }

    /// <param name="resolvable">True when removing other pods could make the node fit: it is worth a look by preemption.</param>
    public void Reject(int row, string filter, bool resolvable, params ReadOnlySpan<string> reasons)
    {
        Remaining.Remove(row);
        foreach (var reason in reasons)
        {
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
            _rejections.Add(new(row, filter, reason, resolvable));
        }
    }

    /// <summary>Refuses all nodes for a reason that lies in the pod.</summary>
    public void RejectPod(string problem)
    {
        PodProblem = problem;
        foreach (var row in Remaining.Copy())
            Remaining.Remove(row);
    }

    /// <summary>One node refused by one filter.</summary>
    public readonly record struct Rejection(int Row, string Filter, string Reason, bool Resolvable);
}

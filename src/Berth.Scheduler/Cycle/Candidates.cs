using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Cycle;

/// <summary>
/// The nodes that still can take the pod, and why each of the others cannot. Filters take nodes out; a node is judged by the
/// first filter that refuses it.
/// </summary>
public sealed class Candidates
{
    private readonly List<Rejection> _rejections = [];

    public Candidates(ClusterState state)
        : this(state, state.Nodes.Copy())
    {
    }

    /// <param name="rows">The nodes to look at; owned by the candidates from here on.</param>
    public Candidates(ClusterState state, NodeSet rows)
    {
        Remaining = rows;
        NodeCount = state.NodeCount;
    }

    public NodeSet Remaining { get; }

    public int NodeCount { get; }

    /// <summary>Each refused node with its reasons, in the order of the filters.</summary>
    public IReadOnlyList<Rejection> Rejections => _rejections;

    /// <summary>Filters that refused a node, or the pod.</summary>
    public ISet<string> Refusers => _rejections.Select(r => r.Filter).Concat(PodRefuser is { } own ? [own] : []).ToHashSet(StringComparer.Ordinal);

    /// <summary>Why no node was even looked at (the pod asks for something that does not exist); null when nodes were.</summary>
    public string? PodProblem { get; private set; }

    private string? PodRefuser { get; set; }

    /// <summary>How many nodes each reason keeps out.</summary>
    public SortedDictionary<string, int> CountReasons()
    {
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var rejection in _rejections)
            reasons[rejection.Reason] = reasons.GetValueOrDefault(rejection.Reason) + 1;
        return reasons;
    }

    /// <param name="resolvable">True when removing other pods could make the node fit: it is worth a look by preemption.</param>
    public void Reject(int row, string filter, bool resolvable, params ReadOnlySpan<string> reasons)
    {
        Remaining.Remove(row);
        foreach (var reason in reasons)
            _rejections.Add(new(row, filter, reason, resolvable));
    }

    /// <summary>Refuses all nodes for a reason that lies in the pod.</summary>
    public void RejectPod(string filter, string problem)
    {
        PodProblem = problem;
        PodRefuser = filter;
        foreach (var row in Remaining.Copy())
            Remaining.Remove(row);
    }

    /// <summary>One node refused by one filter.</summary>
    public readonly record struct Rejection(int Row, string Filter, string Reason, bool Resolvable);
}

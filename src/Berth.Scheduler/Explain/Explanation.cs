using Berth.Api.Core.V1;

namespace Berth.Scheduler.Explain;

/// <summary>Why a pod waits, or why it is where it is, as the cluster stands now.</summary>
public abstract record Explanation(Pod Pod, int Nodes)
{
    /// <param name="Problem">What lies in the pod itself (a gate, a missing claim, a scheduler that is not here), to be read after its name; null when it is about nodes.</param>
    /// <param name="Obstacles">What keeps it off how many nodes, most nodes first. A node with several obstacles counts in each.</param>
    /// <param name="Open">Nodes that could take it now.</param>
    /// <param name="Position">Its place among the waiting pods by priority and age, from 1.</param>
    /// <param name="Waiting">Pods that wait for a place.</param>
    /// <param name="Remedies">Changes that would let it run, smallest first.</param>
    public sealed record Waits(
        Pod Pod, int Nodes, string? Problem, IReadOnlyList<Obstacle> Obstacles, IReadOnlyList<string> Open, int Position, int Waiting, IReadOnlyList<Remedy> Remedies)
        : Explanation(Pod, Nodes);

    /// <param name="Obstacles">What keeps it off the other nodes.</param>
    /// <param name="Scores">Its node and the best others, best first, as they would be judged now without the pod.</param>
    public sealed record Placed(Pod Pod, int Nodes, string NodeName, IReadOnlyList<Obstacle> Obstacles, IReadOnlyList<NodeScore> Scores)
        : Explanation(Pod, Nodes);
}

/// <param name="Filter">Plugin that refuses.</param>
/// <param name="Nodes">How many nodes it keeps the pod off.</param>
/// <param name="Alone">On how many of them nothing else does.</param>
/// <param name="Examples">Some of the nodes, in order of name.</param>
public sealed record Obstacle(string Filter, string Reason, int Nodes, int Alone, IReadOnlyList<string> Examples);

/// <param name="Text">What to do.</param>
/// <param name="Nodes">How many nodes could take the pod then.</param>
/// <param name="Cost">How large a change it is; smaller is smaller.</param>
public sealed record Remedy(string Text, int Nodes, double Cost);

/// <param name="Total">Weighted sum.</param>
/// <param name="Parts">What each scorer added, with its weight in it.</param>
public sealed record NodeScore(string NodeName, long Total, IReadOnlyList<(string Scorer, long Score)> Parts);

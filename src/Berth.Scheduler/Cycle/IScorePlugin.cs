using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Cycle;

/// <summary>Says how good the remaining nodes are for the pod.</summary>
public interface IScorePlugin
{
    string Name { get; }

    /// <summary>How much this plugin's word counts against the others'.</summary>
    int Weight { get; }

    /// <summary>Writes each remaining node's score, from 0 to <see cref="ScoreMax"/>, at its row.</summary>
    void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores);

    const long ScoreMax = 100;
}

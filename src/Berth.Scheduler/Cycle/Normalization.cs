using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Cycle;

/// <summary>Brings raw counts into the range of scores.</summary>
public static class Normalization
{
    /// <summary>The largest count becomes 100, or 0 when <paramref name="reverse"/> (fewer is better).</summary>
    public static void ByMax(NodeSet nodes, Span<long> scores, bool reverse)
    {
        long max = 0;
        foreach (var row in nodes)
            max = Math.Max(max, scores[row]);
        foreach (var row in nodes)
        {
            var scaled = max == 0 ? 0 : scores[row] * IScorePlugin.ScoreMax / max;
            scores[row] = reverse ? IScorePlugin.ScoreMax - scaled : scaled;
        }
    }
}

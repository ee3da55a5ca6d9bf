using System.Globalization;
using Berth.Scheduler.Cycle;

namespace Berth.Scheduler.Explain;

/// <summary>Why no node can take a pod, in one line, in the words of kube-scheduler.</summary>
public static class FitMessage
{
    /// <summary><c>0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s).</c></summary>
    public static string Of(Candidates candidates)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"0/{candidates.NodeCount} nodes are available:");
        if (candidates.PodProblem is { } problem)
            return $"{head} {problem}.";
        var reasons = candidates.Reasons
            .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Value} {r.Key}"))
            .Order(StringComparer.Ordinal)
            .ToList();
        return reasons.Count == 0 ? head : $"{head} {string.Join(", ", reasons)}.";
    }
}

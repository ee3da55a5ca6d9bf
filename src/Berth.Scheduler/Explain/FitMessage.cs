using System.Globalization;
using Berth.Scheduler.Cycle;

namespace Berth.Scheduler.Explain;

/// <summary>Why no node can take a pod, in one line, in the words of kube-scheduler.</summary>
public static class FitMessage
{
    /// <summary><c>0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s).</c></summary>
    public static string Of(Candidates candidates)
    {
        if (candidates.NodeCount == 0)
            return "no nodes available to schedule pods";
        return candidates.PodProblem is { } problem
            ? $"{Head(candidates.NodeCount)} {problem}."
            : Of(candidates.NodeCount, candidates.CountReasons());
    }

    /// <summary>The same of counted reasons.</summary>
    public static string Of(int nodes, IEnumerable<KeyValuePair<string, int>> reasons)
    {
        var counted = reasons
            .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Value} {r.Key}"))
            .Order(StringComparer.Ordinal)
            .ToList();
        return counted.Count == 0 ? Head(nodes) : $"{Head(nodes)} {string.Join(", ", counted)}.";
    }

    private static string Head(int nodes) => string.Create(CultureInfo.InvariantCulture, $"0/{nodes} nodes are available:");
}

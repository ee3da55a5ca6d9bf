using System.Collections.Immutable;

namespace Berth.Controllers.Autoscaling;

/// <summary>
/// What an autoscaler remembers between its rounds: what was recommended before any smoothing, and what was done. Lost with
/// the process, as in Kubernetes: then windows begin anew. Immutable; bounded by the longest window and period that the API
/// allows, at one entry a round.
/// </summary>
public sealed record AutoscalerHistory
{
    // The API's limit of a stabilization window; periods are shorter.
    private static readonly TimeSpan s_keep = TimeSpan.FromHours(1);

    private AutoscalerHistory()
    {
    }

    public ImmutableList<(DateTimeOffset At, int Replicas)> Recommendations { get; private init; } = [];

    /// <summary>Changes of size; negative ones made the target smaller.</summary>
    public ImmutableList<(DateTimeOffset At, int Change)> Changes { get; private init; } = [];

    /// <summary>At first sight the size that is there counts as recommended: a new controller must not shrink what the old one held.</summary>
    public static AutoscalerHistory Begin(int replicas, DateTimeOffset now) => new() { Recommendations = [(now, replicas)] };

    public AutoscalerHistory Recommended(int replicas, DateTimeOffset now) =>
        this with { Recommendations = Recommendations.RemoveAll(r => r.At < now - s_keep).Add((now, replicas)) };

    public AutoscalerHistory Changed(int from, int to, DateTimeOffset now) =>
        this with { Changes = Changes.RemoveAll(c => c.At < now - s_keep).Add((now, to - from)) };

    /// <summary>Pods added, and pods taken away, within a time.</summary>
    public (int Added, int Removed) Within(TimeSpan period, DateTimeOffset now)
    {
        int added = 0, removed = 0;
        foreach (var (at, change) in Changes)
        {
            if (at <= now - period)
                continue;
            if (change > 0)
                added += change;
            else
                removed -= change;
        }

        return (added, removed);
    }
}

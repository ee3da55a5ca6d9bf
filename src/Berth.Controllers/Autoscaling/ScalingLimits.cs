using Berth.Api.Autoscaling.V2;

namespace Berth.Controllers.Autoscaling;

/// <summary>
/// Holds what metrics ask for within what an autoscaler allows: recent recommendations, rates of change, and the bounds.
/// </summary>
/// <param name="Min">Least replicas, with its default.</param>
public sealed record ScalingLimits(int Min, int Max, HorizontalPodAutoscalerBehavior? Behavior)
{
    // Of kube-controller-manager; both for autoscalers that say nothing of their behavior.
    private const int UpFactor = 2;
    private const int UpMin = 4;
    private static readonly TimeSpan s_downStabilization = TimeSpan.FromMinutes(5);

    private static readonly (string Reason, string Message) s_within = ("DesiredWithinRange", "the desired count is within the acceptable range");
    private static readonly (string Reason, string Message) s_upRate = ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate");
    private static readonly (string Reason, string Message) s_downRate = ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate");
    private static readonly (string Reason, string Message) s_tooMany = ("TooManyReplicas", "the desired replica count is more than the maximum replica count");
    private static readonly (string Reason, string Message) s_tooFew = ("TooFewReplicas", "the desired replica count is less than the minimum replica count");

    public static ScalingLimits Of(HorizontalPodAutoscaler autoscaler) =>
        new(autoscaler.Spec.MinReplicas ?? 1, autoscaler.Spec.MaxReplicas, autoscaler.Spec.Behavior);

    /// <param name="asked">What the metrics ask for; the history does not have it yet.</param>
    public LimitedScale Apply(int current, int asked, AutoscalerHistory history, DateTimeOffset now)
    {
        var (stable, smoothing) = Behavior is null ? Stabilized(asked, history, now) : Stabilized(Behavior, current, asked, history, now);
        var (replicas, limit) = Behavior is null ? Bounded(current, stable) : Paced(Behavior, current, stable, history, now);
        return new LimitedScale(
            replicas,
            stable == asked ? ("ReadyForNewScale", "recommended size matches current size") : smoothing,
            replicas != stable,
            limit);
    }

    private static (int Replicas, (string, string) Why) Stabilized(int asked, AutoscalerHistory history, DateTimeOffset now)
    {
        var highest = history.Recommendations.Where(r => r.At >= now - s_downStabilization).Select(r => r.Replicas).Append(asked).Max();
        return (highest, ("ScaleDownStabilized", "recent recommendations were higher than current one, applying the highest recent recommendation"));
    }

    private static (int Replicas, (string, string) Why) Stabilized(HorizontalPodAutoscalerBehavior behavior, int current, int asked, AutoscalerHistory history, DateTimeOffset now)
    {
        var up = asked;
        var down = asked;
        var upFrom = now - Window(behavior.ScaleUp, TimeSpan.Zero);
        var downFrom = now - Window(behavior.ScaleDown, s_downStabilization);
        foreach (var (at, replicas) in history.Recommendations)
        {
            if (at > upFrom)
                up = Math.Min(up, replicas);
            if (at > downFrom)
                down = Math.Max(down, replicas);
        }

        var stable = Math.Min(Math.Max(current, up), down);
        return (stable, asked >= current
            ? ("ScaleUpStabilized", "recent recommendations were lower than current one, applying the lowest recent recommendation")
            : ("ScaleDownStabilized", "recent recommendations were higher than current one, applying the highest recent recommendation"));
    }

    // Without a rate of its own: at most twice the size at a time, to soften one wild reading.
    private (int Replicas, (string, string) Why) Bounded(int current, int wanted)
    {
        var rate = (int)Math.Min(int.MaxValue, Math.Max((long)UpFactor * current, UpMin));
        var (most, why) = Max > rate ? (rate, s_upRate) : (Max, s_tooMany);
        return wanted < Min ? (Min, s_tooFew) : wanted > most ? (most, why) : (wanted, s_within);
    }

    private (int Replicas, (string, string) Why) Paced(HorizontalPodAutoscalerBehavior behavior, int current, int wanted, AutoscalerHistory history, DateTimeOffset now)
    {
        if (wanted > current)
        {
            var rate = Math.Max(UpLimit(behavior.ScaleUp ?? HPAScalingRules.Empty, current, history, now), current);
            var (most, why) = Max > rate ? (rate, s_upRate) : (Max, s_tooMany);
            return wanted > most ? (most, why) : (wanted, s_within);
        }

        if (wanted < current)
        {
            var rate = Math.Min(DownLimit(behavior.ScaleDown ?? HPAScalingRules.Empty, current, history, now), current);
            var (least, why) = Min < rate ? (rate, s_downRate) : (Min, s_tooFew);
            return wanted < least ? (least, why) : (wanted, s_within);
        }

        return (wanted, s_within);
    }

    private static int UpLimit(HPAScalingRules rules, int current, AutoscalerHistory history, DateTimeOffset now)
    {
        if (rules.SelectPolicy == "Disabled")
            return current;
        var proposals = rules.Policies.Select(policy =>
        {
            var start = AtStart(policy, current, history, now);
            // Rounded up, or a small target would never grow.
            return policy.Type == "Pods" ? start + (long)policy.Value : (long)Math.Ceiling(start * (1 + (policy.Value / 100.0)));
        });
        return Select(proposals, rules.SelectPolicy == "Min", int.MaxValue);
    }

    private static int DownLimit(HPAScalingRules rules, int current, AutoscalerHistory history, DateTimeOffset now)
    {
        if (rules.SelectPolicy == "Disabled")
            return current;
        var proposals = rules.Policies.Select(policy =>
        {
            var start = AtStart(policy, current, history, now);
            return policy.Type == "Pods" ? start - (long)policy.Value : (long)(start * (1 - (policy.Value / 100.0)));
        });
        // The smallest change leaves the most pods.
        return Select(proposals, rules.SelectPolicy != "Min", int.MinValue);
    }

    // Without policies nothing limits the rate; the API fills them in.
    private static int Select(IEnumerable<long> proposals, bool least, int none) =>
        (int)Math.Clamp(proposals.DefaultIfEmpty(none).Aggregate(least ? Math.Min : Math.Max), int.MinValue, int.MaxValue);

    private static int AtStart(HPAScalingPolicy policy, int current, AutoscalerHistory history, DateTimeOffset now)
    {
        var (added, removed) = history.Within(TimeSpan.FromSeconds(policy.PeriodSeconds), now);
        return current - added + removed;
    }

    private static TimeSpan Window(HPAScalingRules? rules, TimeSpan otherwise) =>
        rules?.StabilizationWindowSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : otherwise;
}

/// <param name="Smoothing">Reason and message of the condition AbleToScale.</param>
/// <param name="IsLimited">Status of the condition ScalingLimited.</param>
/// <param name="Limit">Its reason and message.</param>
public sealed record LimitedScale(int Replicas, (string Reason, string Message) Smoothing, bool IsLimited, (string Reason, string Message) Limit);

using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Policy.V1;
using Berth.Controllers.NodeLifecycle;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Disruption;

/// <summary>From a budget, the pods that it selects and the scales of their owners to the budget's status. Pure.</summary>
public static class DisruptionReconciler
{
    public const string DisruptionAllowed = "DisruptionAllowed";

    /// <summary>How long an eviction that was allowed may take to show as a deletion before it counts as not done.</summary>
    public static readonly TimeSpan DeletionTimeout = TimeSpan.FromMinutes(2);

    /// <summary>How long a pod is marked as about to be disrupted without being deleted.</summary>
    public static readonly TimeSpan StaleMarkTimeout = TimeSpan.FromMinutes(2);

    /// <param name="scaleOf">The scale of a pod's controller; asked for only where the budget needs it, once a controller.</param>
    /// <exception cref="DisruptionException">The number of expected pods is not known.</exception>
    public static DisruptionPlan Plan(PodDisruptionBudget budget, IReadOnlyList<Pod> pods, Func<Pod, OwnerReference, int> scaleOf, DateTimeOffset now)
    {
        List<string> unmanaged = [];
        int expected;
        int desired;
        try
        {
            if (budget.Spec.MaxUnavailable is { } maxUnavailable)
            {
                expected = ExpectedScale(pods, scaleOf, unmanaged);
                desired = Math.Max(0, expected - maxUnavailable.Scaled(expected, roundUp: true));
            }
            else if (budget.Spec.MinAvailable is { IsString: true } share)
            {
                expected = ExpectedScale(pods, scaleOf, unmanaged);
                desired = share.Scaled(expected, roundUp: true);
            }
            else
            {
                expected = budget.Spec.MinAvailable is null ? 0 : pods.Count;
                desired = budget.Spec.MinAvailable?.Int ?? 0;
            }
        }
        catch (FormatException e)
        {
            throw new DisruptionException(e.Message);
        }

        // Evictions that were allowed and whose deletions are still to be seen.
        var pending = pods.Where(p => p.Metadata.DeletionTimestamp is null && budget.Status.DisruptedPods.ContainsKey(p.Metadata.Name))
            .ToDictionary(p => p, p => budget.Status.DisruptedPods[p.Metadata.Name].Value);
        var overdue = pending.Where(p => p.Value + DeletionTimeout < now).Select(p => p.Key).ToList();
        var disrupted = pending.Where(p => p.Value + DeletionTimeout >= now).Select(p => KeyValuePair.Create(p.Key.Metadata.Name, (Time)p.Value)).ToApiMap();

        var healthy = pods.Count(p => p.Metadata.DeletionTimestamp is null && !disrupted.ContainsKey(p.Metadata.Name) && PodFacts.IsReady(p));
        // A budget that selects nothing yet allows nothing: its first pods may be there before it has been counted again.
        var allowed = expected > 0 ? Math.Max(0, healthy - desired) : 0;
        var generation = budget.Metadata.Generation;
        var condition = new Condition
        {
            Type = DisruptionAllowed,
            Status = allowed > 0 ? "True" : "False",
            Reason = allowed > 0 ? "SufficientPods" : "InsufficientPods",
            ObservedGeneration = generation,
        };
        var status = new PodDisruptionBudgetStatus
        {
            ObservedGeneration = generation,
            DisruptedPods = disrupted,
            DisruptionsAllowed = allowed,
            CurrentHealthy = healthy,
            DesiredHealthy = desired,
            ExpectedPods = expected,
            Conditions = With(budget.Status.Conditions, condition, now),
        };
        TimeSpan? recheck = disrupted.IsEmpty ? null : disrupted.Values.Min(t => t.Value) + DeletionTimeout - now + TimeSpan.FromSeconds(1);
        return new DisruptionPlan(status, unmanaged, overdue, recheck);
    }

    /// <summary>The status when the pods could not be counted: nothing is allowed until they are.</summary>
    public static PodDisruptionBudgetStatus Failed(PodDisruptionBudget budget, string problem, DateTimeOffset now) => budget.Status with
    {
        DisruptionsAllowed = 0,
        Conditions = With(
            budget.Status.Conditions,
            new Condition { Type = DisruptionAllowed, Status = "False", Reason = "SyncFailed", Message = problem, ObservedGeneration = budget.Status.ObservedGeneration },
            now),
    };

    /// <summary>When the mark of a pod that was to be disrupted, and was not, is to be taken back; null when it has none.</summary>
    public static DateTimeOffset? StaleAt(Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null || PodFacts.IsFinished(pod))
            return null;
        return PodFacts.Condition(pod, PodDisruption.Target) is { Status: "True", Reason: not "TerminationByKubelet" } mark
            ? (mark.LastTransitionTime?.Value ?? DateTimeOffset.MinValue) + (mark.LastTransitionTime is null ? TimeSpan.Zero : StaleMarkTimeout)
            : null;
    }

    private static int ExpectedScale(IReadOnlyList<Pod> pods, Func<Pod, OwnerReference, int> scaleOf, List<string> unmanaged)
    {
        var scales = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var pod in pods)
        {
            if (ControllerRefs.Of(pod) is not { } owner)
                unmanaged.Add(pod.Metadata.Name);
            else if (!scales.ContainsKey(owner.Uid))
                scales.Add(owner.Uid, scaleOf(pod, owner));
        }

        return scales.Values.Sum();
    }

    private static ApiList<Condition> With(ApiList<Condition> conditions, Condition wanted, DateTimeOffset now)
    {
        var old = conditions.FirstOrDefault(c => c.Type == wanted.Type);
        wanted = wanted with { LastTransitionTime = old?.Status == wanted.Status ? old.LastTransitionTime : now };
        return old is null ? conditions.Add(wanted) : conditions.Map(c => c.Type == wanted.Type && c != wanted ? wanted : c);
    }
}

using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Controllers.Pods;

namespace Berth.Controllers.ReplicaSets;

/// <summary>Compares the pods that a ReplicaSet has with those that it wants.</summary>
public static class ReplicaSetReconciler
{
    /// <summary>Pods created or deleted in one go: more would hold the expectations of one owner open too long.</summary>
    public const int BurstMax = 500;

    /// <param name="active">The set's pods that count.</param>
    /// <param name="related">Pods of all sets of the same owner; see <see cref="PodDeletionOrder"/>.</param>
    public static ReplicaPlan Plan(ReplicaSet set, IReadOnlyList<Pod> active, IEnumerable<Pod> related, DateTimeOffset now)
    {
        var missing = (set.Spec.Replicas ?? 1) - active.Count;
        if (set.Metadata.DeletionTimestamp is not null || missing == 0)
            return ReplicaPlan.Nothing;
        if (missing > 0)
            return new(Math.Min(missing, BurstMax), []);
        return new(0, [.. PodDeletionOrder.Sort(active, related, now).Take(Math.Min(-missing, BurstMax))]);
    }

    /// <param name="failure">What went wrong while pods were created or deleted; null when nothing did.</param>
    public static ReplicaSetStatus Status(ReplicaSet set, IReadOnlyList<Pod> active, int terminating, ReplicaFailure? failure, DateTimeOffset now)
    {
        var labels = set.Spec.Template.Metadata.Labels;
        return set.Status with
        {
            ObservedGeneration = set.Metadata.Generation,
            Replicas = active.Count,
            FullyLabeledReplicas = active.Count(p => labels.All(l => p.Metadata.Labels.TryGetValue(l.Key, out var value) && value == l.Value)),
            ReadyReplicas = active.Count(PodFacts.IsReady),
            AvailableReplicas = active.Count(p => PodFacts.IsAvailable(p, set.Spec.MinReadySeconds, now)),
            TerminatingReplicas = terminating,
            Conditions = Conditions(set.Status.Conditions, failure, now),
        };
    }

    private static ApiList<ReplicaSetCondition> Conditions(ApiList<ReplicaSetCondition> current, ReplicaFailure? failure, DateTimeOffset now)
    {
        const string Type = "ReplicaFailure";
        var others = current.Where(static c => c.Type != Type);
        if (failure is null)
            return others.Count() == current.Count ? current : others.ToApiList();
        // The first failure stands until a run succeeds; refreshing it would wake everyone at each try.
        if (current.Any(static c => c is { Type: Type, Status: "True" }))
            return current;
        return [.. others, new() { Type = Type, Status = "True", LastTransitionTime = now, Reason = failure.Reason, Message = failure.Message }];
    }
}

/// <param name="Create">Pods to create.</param>
/// <param name="Delete">Pods to delete.</param>
public sealed record ReplicaPlan(int Create, IReadOnlyList<Pod> Delete)
{
    public static ReplicaPlan Nothing { get; } = new(0, []);
}

/// <param name="Reason"><c>FailedCreate</c> or <c>FailedDelete</c>.</param>
public sealed record ReplicaFailure(string Reason, string Message);

using Berth.Api;
using Berth.Api.Apps.V1;

namespace Berth.Controllers.Deployments;

/// <summary>The status of a Deployment: counts from its ReplicaSets, and whether its rollout gets on.</summary>
public static class DeploymentProgress
{
    /// <param name="current">The Deployment's conditions so far.</param>
    public static DeploymentStatus Counts(Deployment deployment, IReadOnlyList<ReplicaSet> sets, ReplicaSet? newest, ApiList<DeploymentCondition> current, DateTimeOffset now)
    {
        var available = sets.Sum(static s => s.Status.AvailableReplicas);
        var enough = available >= DeploymentFacts.Replicas(deployment) - DeploymentFacts.MaxUnavailable(deployment);
        return deployment.Status with
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = sets.Sum(static s => s.Status.Replicas),
            UpdatedReplicas = newest?.Status.Replicas ?? 0,
            ReadyReplicas = sets.Sum(static s => s.Status.ReadyReplicas),
            AvailableReplicas = available,
            UnavailableReplicas = Math.Max(0, sets.Sum(DeploymentFacts.Replicas) - available),
            TerminatingReplicas = sets.Any(static s => s.Status.TerminatingReplicas is null) ? null : sets.Sum(static s => s.Status.TerminatingReplicas),
            Conditions = enough
                ? DeploymentConditions.With(current, DeploymentConditions.Available, "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", now)
                : DeploymentConditions.With(current, DeploymentConditions.Available, "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", now),
        };
    }

    /// <summary>Counts, and what they say about the rollout.</summary>
    public static DeploymentStatus Rollout(Deployment deployment, IReadOnlyList<ReplicaSet> sets, ReplicaSet? newest, ApiList<DeploymentCondition> current, DateTimeOffset now)
    {
        var status = Counts(deployment, sets, newest, current, now);
        var conditions = status.Conditions;
        var has = DeploymentFacts.HasProgressDeadline(deployment);
        if (!has)
            conditions = DeploymentConditions.Without(conditions, DeploymentConditions.Progressing);

        var progressing = DeploymentConditions.Find(current, DeploymentConditions.Progressing);
        // Once a rollout is through, pods that come and go are no progress of it.
        var over = status.Replicas == status.UpdatedReplicas && progressing?.Reason == DeploymentConditions.NewReplicaSetAvailable;
        if (has && !over)
        {
            var what = newest is null ? $"Deployment \"{deployment.Metadata.Name}\"" : $"ReplicaSet \"{newest.Metadata.Name}\"";
            if (IsComplete(deployment, status))
                conditions = DeploymentConditions.With(conditions, DeploymentConditions.Progressing, "True", DeploymentConditions.NewReplicaSetAvailable, what + " has successfully progressed.", now);
            else if (HasProgressed(deployment.Status, status))
                conditions = DeploymentConditions.Renewed(conditions, DeploymentConditions.Progressing, "True", DeploymentConditions.ReplicaSetUpdated, what + " is progressing.", now);
            else if (HasTimedOut(deployment, progressing, now))
                conditions = DeploymentConditions.With(conditions, DeploymentConditions.Progressing, "False", DeploymentConditions.DeadlineExceeded, what + " has timed out progressing.", now);
        }

        return status with { Conditions = Failures(conditions, sets, newest) };
    }

    public static bool IsComplete(Deployment deployment, DeploymentStatus status)
    {
        var replicas = DeploymentFacts.Replicas(deployment);
        return status.UpdatedReplicas == replicas && status.Replicas == replicas && status.AvailableReplicas == replicas
            && status.ObservedGeneration >= deployment.Metadata.Generation;
    }

    /// <summary>When the deadline will have passed unless something moves; null when there is nothing to wait for.</summary>
    public static TimeSpan? DeadlineIn(Deployment deployment, DeploymentStatus status, DateTimeOffset now)
    {
        if (!DeploymentFacts.HasProgressDeadline(deployment) || IsComplete(deployment, status))
            return null;
        if (DeploymentConditions.Find(status.Conditions, DeploymentConditions.Progressing) is not { LastUpdateTime: { } since, Reason: not DeploymentConditions.DeadlineExceeded and not DeploymentConditions.NewReplicaSetAvailable })
            return null;
        // Times have whole seconds: one more makes sure that the deadline is over when we look.
        var left = since.Value.AddSeconds(deployment.Spec.ProgressDeadlineSeconds!.Value + 1) - now;
        return left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
    }

    private static bool HasProgressed(DeploymentStatus old, DeploymentStatus status) =>
        status.UpdatedReplicas > old.UpdatedReplicas
        || status.Replicas - status.UpdatedReplicas < old.Replicas - old.UpdatedReplicas
        || status.ReadyReplicas > old.ReadyReplicas
        || status.AvailableReplicas > old.AvailableReplicas;

    private static bool HasTimedOut(Deployment deployment, DeploymentCondition? progressing, DateTimeOffset now) => progressing switch
    {
        null or { Reason: DeploymentConditions.NewReplicaSetAvailable } => false,
        { Reason: DeploymentConditions.DeadlineExceeded } => true,
        _ => progressing.LastUpdateTime is { } since && since.Value.AddSeconds(deployment.Spec.ProgressDeadlineSeconds!.Value) < now,
    };

    // The newest set's failure is what the user wants to hear of; those of others only when it has none.
    private static ApiList<DeploymentCondition> Failures(ApiList<DeploymentCondition> conditions, IReadOnlyList<ReplicaSet> sets, ReplicaSet? newest)
    {
        var failure = newest is null ? null : Failure(newest);
        failure ??= sets.Select(Failure).FirstOrDefault(static c => c is not null);
        if (failure is null)
            return DeploymentConditions.Without(conditions, DeploymentConditions.ReplicaFailure);
        var current = DeploymentConditions.Find(conditions, DeploymentConditions.ReplicaFailure);
        if (current is not null && current.Status == failure.Status && current.Reason == failure.Reason)
            return conditions;
        return
        [
            .. DeploymentConditions.Without(conditions, DeploymentConditions.ReplicaFailure),
            new()
            {
                Type = DeploymentConditions.ReplicaFailure,
                Status = failure.Status,
                Reason = failure.Reason,
                Message = failure.Message,
                LastUpdateTime = failure.LastTransitionTime,
                LastTransitionTime = failure.LastTransitionTime,
            },
        ];
    }

    private static ReplicaSetCondition? Failure(ReplicaSet set) => set.Status.Conditions.FirstOrDefault(static c => c.Type == DeploymentConditions.ReplicaFailure);
}

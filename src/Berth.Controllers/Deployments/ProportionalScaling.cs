using Berth.Api.Apps.V1;

namespace Berth.Controllers.Deployments;

/// <summary>
/// Sizes of ReplicaSets after the Deployment was scaled. In the middle of a rollout each set gets its share, so that a bad
/// new version does not take all the new pods.
/// </summary>
public static class ProportionalScaling
{
    /// <summary>Sets that are to be looked at, with the size that each is to have.</summary>
    public static IEnumerable<(ReplicaSet Set, int Size)> Sizes(Deployment deployment, IReadOnlyList<ReplicaSet> sets, ReplicaSet? newest)
    {
        var desired = DeploymentFacts.Replicas(deployment);
        var active = sets.Where(static s => DeploymentFacts.Replicas(s) > 0).ToList();
        if (active.Count <= 1)
        {
            var only = active.Count == 1 ? active[0] : newest ?? sets.Where(s => s != newest).LastOrDefault();
            return only is null || DeploymentFacts.Replicas(only) == desired ? [] : [(only, desired)];
        }

        if (newest is not null && IsSaturated(newest, desired))
            return active.Where(s => s.Metadata.Name != newest.Metadata.Name).Select(static s => (s, 0));
        return DeploymentFacts.IsRolling(deployment) ? Shares(deployment, active) : [];
    }

    private static List<(ReplicaSet Set, int Size)> Shares(Deployment deployment, List<ReplicaSet> active)
    {
        var desired = DeploymentFacts.Replicas(deployment);
        var allowed = desired > 0 ? desired + DeploymentFacts.MaxSurge(deployment) : 0;
        var change = allowed - active.Sum(DeploymentFacts.Replicas);
        // The largest first; of equal ones the newest grows and the oldest shrinks.
        var ordered = active.OrderByDescending(DeploymentFacts.Replicas);
        var sorted = (change > 0
            ? ordered.ThenByDescending(static s => s.Metadata.CreationTimestamp?.Value ?? DateTimeOffset.MaxValue)
            : ordered.ThenBy(static s => s.Metadata.CreationTimestamp?.Value ?? DateTimeOffset.MaxValue)).ToList();

        var left = change;
        var sizes = new List<(ReplicaSet Set, int Size)>();
        foreach (var set in sorted)
        {
            var share = change == 0 || left == 0 ? 0 : Share(deployment, set);
            share = change > 0 ? Math.Min(share, left) : Math.Max(share, left);
            left -= share;
            sizes.Add((set, DeploymentFacts.Replicas(set) + share));
        }

        // What rounding left over goes to the largest.
        sizes[0] = (sizes[0].Set, Math.Max(0, sizes[0].Size + left));
        return sizes;
    }

    private static int Share(Deployment deployment, ReplicaSet set)
    {
        var size = DeploymentFacts.Replicas(set);
        if (DeploymentFacts.Replicas(deployment) == 0)
            return -size;
        var before = DeploymentFacts.Number(set, DeploymentFacts.MaxReplicas) is { } known and > 0 ? known : deployment.Status.Replicas;
        if (before <= 0)
            return 0;
        var max = DeploymentFacts.Replicas(deployment) + DeploymentFacts.MaxSurge(deployment);
        return (int)Math.Round((double)size * max / before, MidpointRounding.AwayFromZero) - size;
    }

    private static bool IsSaturated(ReplicaSet newest, int desired) =>
        DeploymentFacts.Replicas(newest) == desired
        && DeploymentFacts.Number(newest, DeploymentFacts.DesiredReplicas) == desired
        && newest.Status.AvailableReplicas == desired;
}

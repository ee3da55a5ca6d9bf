using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Controllers.Pods;

namespace Berth.Controllers.DaemonSets;

/// <summary>
/// Decides which nodes get a DaemonSet's pod and which pods go. Placing comes first; only when every node has what it should
/// are pods replaced by a new template: within maxUnavailable nodes without a pod, or within maxSurge nodes with two.
/// </summary>
public static class DaemonSetReconciler
{
    /// <summary>Pods created or deleted in one go.</summary>
    public const int BurstMax = 250;

    /// <param name="pods">The set's pods.</param>
    /// <param name="hash">Hash of the current template.</param>
    public static DaemonPlan Plan(DaemonSet set, IReadOnlyCollection<Node> nodes, IEnumerable<Pod> pods, string hash, DateTimeOffset now)
    {
        if (set.Metadata.DeletionTimestamp is not null)
            return DaemonPlan.Nothing;
        var byNode = ByNode(pods);
        var plan = Place(set, nodes, byNode, hash, now);
        if (plan.Create.Count > 0 || plan.Delete.Count > 0 || set.Spec.UpdateStrategy.Type == "OnDelete")
            return plan.Limited();
        var roll = MaxSurge(set, nodes) == 0 ? Replace(set, nodes, byNode, hash, now) : Surge(set, nodes, byNode, hash, now);
        roll.Finished.AddRange(plan.Finished.Except(roll.Delete));
        return roll.Limited();
    }

    public static DaemonSetStatus Status(DaemonSet set, IReadOnlyCollection<Node> nodes, IEnumerable<Pod> pods, string hash, int? collisions, DateTimeOffset now)
    {
        var byNode = ByNode(pods);
        int desired = 0, current = 0, misplaced = 0, ready = 0, available = 0, updated = 0;
        foreach (var node in nodes)
        {
            var here = byNode.GetValueOrDefault(node.Metadata.Name, []);
            if (DaemonPods.Eligibility(set, node) != NodeEligibility.Run)
            {
                misplaced += here.Count > 0 ? 1 : 0;
                continue;
            }

            desired++;
            if (here.Count == 0)
                continue;
            current++;
            var oldest = here[0];
            if (PodFacts.IsReady(oldest))
            {
                ready++;
                available += PodFacts.IsAvailable(oldest, set.Spec.MinReadySeconds, now) ? 1 : 0;
            }

            updated += IsUpdated(oldest, hash) ? 1 : 0;
        }

        return set.Status with
        {
            ObservedGeneration = set.Metadata.Generation,
            DesiredNumberScheduled = desired,
            CurrentNumberScheduled = current,
            NumberMisscheduled = misplaced,
            NumberReady = ready,
            NumberAvailable = available,
            NumberUnavailable = desired - available,
            UpdatedNumberScheduled = updated,
            CollisionCount = collisions,
        };
    }

    public static bool IsUpdated(Pod pod, string hash) => pod.Metadata.Labels.GetOr(DaemonPods.HashLabel) == hash;

    private static DaemonPlan Place(DaemonSet set, IReadOnlyCollection<Node> nodes, Dictionary<string, List<Pod>> byNode, string hash, DateTimeOffset now)
    {
        var plan = new DaemonPlan([], [], []);
        var surges = MaxSurge(set, nodes) > 0;
        foreach (var node in nodes)
        {
            var here = byNode.GetValueOrDefault(node.Metadata.Name, []);
            var eligibility = DaemonPods.Eligibility(set, node);
            if (eligibility == NodeEligibility.None)
            {
                plan.Delete.AddRange(here.Where(static p => p.Metadata.DeletionTimestamp is null));
                continue;
            }

            if (here.Count == 0)
            {
                if (eligibility == NodeEligibility.Run)
                    plan.Create.Add(node.Metadata.Name);
                continue;
            }

            var going = here.Where(static p => p.Metadata.DeletionTimestamp is null).ToList();
            // A finished pod is replaced in the run after the one that removes it.
            plan.Finished.AddRange(going.Where(PodFacts.IsFinished));
            var running = going.FindAll(static p => !PodFacts.IsFinished(p));
            if (running.Count > 1)
                plan.Delete.AddRange(surges ? Superfluous(set, running, hash, now) : running.Skip(1));
        }

        var known = nodes.Select(static n => n.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        // Pods that were never bound and whose node is gone would wait for ever; bound ones are pod garbage collection's.
        plan.Delete.AddRange(byNode
            .Where(n => !known.Contains(n.Key))
            .SelectMany(static n => n.Value)
            .Where(static p => p.Spec.NodeName.Length == 0 && p.Metadata.DeletionTimestamp is null));
        return plan;
    }

    // One old and one new pod may stand side by side until the new one is available.
    private static IEnumerable<Pod> Superfluous(DaemonSet set, List<Pod> running, string hash, DateTimeOffset now)
    {
        var newest = running.Find(p => IsUpdated(p, hash));
        var old = running.Find(p => !IsUpdated(p, hash));
        var superfluous = running.Where(p => !ReferenceEquals(p, newest) && !ReferenceEquals(p, old)).ToList();
        if (newest is not null && old is not null && (!PodFacts.IsReady(old) || PodFacts.IsAvailable(newest, set.Spec.MinReadySeconds, now)))
            superfluous.Add(old);
        return superfluous;
    }

    private static DaemonPlan Replace(DaemonSet set, IReadOnlyCollection<Node> nodes, Dictionary<string, List<Pod>> byNode, string hash, DateTimeOffset now)
    {
        var plan = new DaemonPlan([], [], []);
        var candidates = new List<Pod>();
        var unavailable = 0;
        foreach (var node in nodes.Where(n => DaemonPods.Eligibility(set, n) == NodeEligibility.Run))
        {
            var here = byNode.GetValueOrDefault(node.Metadata.Name, []);
            if (here.Count != 1 || here[0].Metadata.DeletionTimestamp is not null)
                unavailable++;
            else if (IsUpdated(here[0], hash))
                unavailable += PodFacts.IsAvailable(here[0], set.Spec.MinReadySeconds, now) ? 0 : 1;
            else if (!PodFacts.IsAvailable(here[0], set.Spec.MinReadySeconds, now))
                plan.Delete.Add(here[0]); // It serves nobody: replacing it costs nothing.
            else
                candidates.Add(here[0]);
        }

        plan.Delete.AddRange(candidates.Take(Math.Max(0, MaxUnavailable(set, nodes) - unavailable)));
        return plan;
    }

    private static DaemonPlan Surge(DaemonSet set, IReadOnlyCollection<Node> nodes, Dictionary<string, List<Pod>> byNode, string hash, DateTimeOffset now)
    {
        var plan = new DaemonPlan([], [], []);
        var candidates = new List<string>();
        var surging = 0;
        foreach (var node in nodes.Where(n => DaemonPods.Eligibility(set, n) == NodeEligibility.Run))
        {
            var here = byNode.GetValueOrDefault(node.Metadata.Name, []);
            if (here.Exists(static p => p.Metadata.DeletionTimestamp is not null))
            {
                surging++;
                continue;
            }

            var newest = here.Find(p => IsUpdated(p, hash));
            if (here.Find(p => !IsUpdated(p, hash)) is not { } old)
                continue;
            if (newest is not null)
                surging += PodFacts.IsAvailable(newest, set.Spec.MinReadySeconds, now) ? 0 : 1;
            else if (!PodFacts.IsAvailable(old, set.Spec.MinReadySeconds, now))
                plan.Create.Add(node.Metadata.Name);
            else
                candidates.Add(node.Metadata.Name);
        }

        plan.Create.AddRange(candidates.Take(Math.Max(0, MaxSurge(set, nodes) - surging)));
        return plan;
    }

    private static int Desired(DaemonSet set, IReadOnlyCollection<Node> nodes) => nodes.Count(n => DaemonPods.Eligibility(set, n) == NodeEligibility.Run);

    private static int MaxSurge(DaemonSet set, IReadOnlyCollection<Node> nodes) =>
        set.Spec.UpdateStrategy is { Type: not "OnDelete", RollingUpdate.MaxSurge: { } surge } ? surge.Scaled(Desired(set, nodes), roundUp: true) : 0;

    // Never 0 without a surge: nothing could move.
    private static int MaxUnavailable(DaemonSet set, IReadOnlyCollection<Node> nodes) =>
        Math.Max(1, (set.Spec.UpdateStrategy.RollingUpdate?.MaxUnavailable ?? 1).Scaled(Desired(set, nodes), roundUp: true));

    // Bound pods first, then the oldest: of several, the first is the one that counts.
    private static Dictionary<string, List<Pod>> ByNode(IEnumerable<Pod> pods) => pods
        .Where(static p => DaemonPods.NodeOf(p).Length > 0)
        .GroupBy(DaemonPods.NodeOf, StringComparer.Ordinal)
        .ToDictionary(
            static g => g.Key,
            static g => g
                .OrderByDescending(static p => p.Spec.NodeName.Length > 0)
                .ThenBy(static p => p.Metadata.CreationTimestamp?.Value ?? DateTimeOffset.MaxValue)
                .ThenBy(static p => p.Metadata.Name, StringComparer.Ordinal)
                .ToList(),
            StringComparer.Ordinal);
}

using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Controllers.Pods;
using Berth.Controllers.Revisions;

namespace Berth.Controllers.StatefulSets;

/// <summary>
/// Decides what to do to a StatefulSet's pods. In order: pods are created from the lowest ordinal up, each when all before
/// it are available; removed from the highest down; and replaced by a new revision from the highest down to the partition,
/// while no more than maxUnavailable are unavailable. In parallel: creations and removals do not wait for each other.
/// </summary>
public sealed class StatefulSetReconciler
{
    private readonly StatefulSet _set;
    private readonly ControllerRevision _current;
    private readonly ControllerRevision _update;
    private readonly Func<string, PersistentVolumeClaim?> _claim;
    private readonly DateTimeOffset _now;
    private readonly List<StatefulStep> _steps = [];

    // The pods of the wanted ordinals, null where one is missing, and those beyond them, the highest first.
    private readonly Pod?[] _replicas;
    private readonly List<Pod> _condemned = [];

    private StatefulSetReconciler(StatefulSet set, IEnumerable<Pod> pods, ControllerRevision current, ControllerRevision update, Func<string, PersistentVolumeClaim?> claim, DateTimeOffset now)
    {
        _set = set;
        _current = current;
        _update = update;
        _claim = claim;
        _now = now;
        _replicas = new Pod?[StatefulPods.Replicas(set)];
        var start = StatefulPods.Start(set);
        foreach (var pod in pods)
        {
            if (StatefulPods.Ordinal(set, pod) is not { } ordinal)
                continue;
            if (ordinal >= start && ordinal - start < _replicas.Length)
                _replicas[ordinal - start] = pod;
            else
                _condemned.Add(pod);
        }

        _condemned.Sort((a, b) => StatefulPods.Ordinal(set, b)!.Value.CompareTo(StatefulPods.Ordinal(set, a)!.Value));
    }

    private bool IsOrdered => _set.Spec.PodManagementPolicy != "Parallel";

    /// <param name="claim">The claim of a name as the cache has it.</param>
    public static StatefulSetPlan Plan(
        StatefulSet set, IEnumerable<Pod> pods, ControllerRevision current, ControllerRevision update, int? collisions,
        Func<string, PersistentVolumeClaim?> claim, DateTimeOffset now)
    {
        var reconciler = new StatefulSetReconciler(set, pods, current, update, claim, now);
        if (set.Metadata.DeletionTimestamp is null && reconciler.FillAndPrune())
            reconciler.Roll();
        return new(reconciler._steps, reconciler.IsOrdered, reconciler.Status(collisions));
    }

    // False when something must be waited for first, so that no pod is replaced yet.
    private bool FillAndPrune()
    {
        for (var i = 0; i < _replicas.Length; i++)
        {
            if (!Tend(i) && IsOrdered)
                return false;
        }

        foreach (var pod in _condemned)
        {
            var changed = ChangedClaims(pod, condemned: true);
            if (changed.Count > 0)
                _steps.Add(new(StatefulAction.Claims, pod, [], changed));
        }

        var firstUnavailable = _replicas.Concat(Enumerable.Reverse(_condemned)).FirstOrDefault(IsUnavailable);
        foreach (var pod in _condemned)
        {
            if (pod.Metadata.DeletionTimestamp is not null)
            {
                if (IsOrdered)
                    return false;
                continue;
            }

            // In order, only the lowest of the unhealthy may go while something is unhealthy.
            if (IsOrdered && IsUnavailable(pod) && !ReferenceEquals(pod, firstUnavailable))
                return false;
            _steps.Add(new(StatefulAction.Delete, pod, [], []));
            if (IsOrdered)
                return false;
        }

        return true;
    }

    // False when the ordinals behind this one have to wait.
    private bool Tend(int index)
    {
        var ordinal = index + StatefulPods.Start(_set);
        if (_replicas[index] is not { } pod)
        {
            var name = StatefulPods.Name(_set, ordinal);
            var wanted = StatefulPods.Claims(_set, ordinal).ToList();
            if (wanted.Exists(c => _claim(c.Metadata.Name) is { } existing && ClaimRetention.IsStale(_set, null, name, existing)))
                return false;
            _steps.Add(new(StatefulAction.Create, NewPod(ordinal), Missing(wanted), []));
            return false;
        }

        if (PodFacts.IsFinished(pod))
        {
            // Whatever the exit code: a pod of a set is to run. Its successor is made when it is gone.
            if (pod.Metadata.DeletionTimestamp is null)
                _steps.Add(new(StatefulAction.Delete, pod, [], []));
            return false;
        }

        var missing = pod.Status.Phase == "Pending" ? Missing([.. StatefulPods.Claims(_set, ordinal)]) : [];
        if (IsOrdered && IsUnavailable(pod))
        {
            if (missing.Count > 0)
                _steps.Add(new(StatefulAction.Claims, pod, missing, []));
            return false;
        }

        var identified = StatefulPods.WithIdentity(_set, pod, ordinal);
        var changed = ChangedClaims(pod, condemned: false);
        if (!ReferenceEquals(identified, pod))
            _steps.Add(new(StatefulAction.Update, identified, missing, changed));
        else if (missing.Count > 0 || changed.Count > 0)
            _steps.Add(new(StatefulAction.Claims, pod, missing, changed));
        return true;
    }

    private void Roll()
    {
        if (_set.Spec.UpdateStrategy.Type == "OnDelete")
            return;
        var rolling = _set.Spec.UpdateStrategy.RollingUpdate;
        var room = Math.Max(1, (rolling?.MaxUnavailable ?? 1).Scaled(_replicas.Length, roundUp: false)) - _replicas.Count(IsUnavailable);
        for (var i = _replicas.Length - 1; i >= Math.Max(0, (rolling?.Partition ?? 0) - StatefulPods.Start(_set)) && room > 0; i--)
        {
            if (_replicas[i] is not { } pod || pod.Metadata.DeletionTimestamp is not null || StatefulPods.Revision(pod) == _update.Metadata.Name)
                continue;
            _steps.Add(new(StatefulAction.Delete, pod, [], []));
            room--;
        }
    }

    private Pod NewPod(int ordinal)
    {
        var rolling = _set.Spec.UpdateStrategy;
        var keep = rolling.Type != "OnDelete"
            && ordinal < (rolling.RollingUpdate is { } update ? update.Partition ?? 0 : StatefulPods.Start(_set) + _set.Status.CurrentReplicas);
        var revision = keep ? _current : _update;
        return StatefulPods.Make(_set, ordinal, TemplateRevision.TemplateOf(revision), revision.Metadata.Name);
    }

    private List<PersistentVolumeClaim> Missing(List<PersistentVolumeClaim> wanted) => wanted.FindAll(c => _claim(c.Metadata.Name) is null);

    private List<PersistentVolumeClaim> ChangedClaims(Pod pod, bool condemned)
    {
        var changed = new List<PersistentVolumeClaim>();
        foreach (var template in _set.Spec.VolumeClaimTemplates)
        {
            if (_claim(StatefulPods.ClaimName(_set, template, StatefulPods.Ordinal(_set, pod)!.Value)) is not { } claim)
                continue;
            var applied = ClaimRetention.Apply(_set, pod, condemned, claim);
            if (!ReferenceEquals(applied, claim))
                changed.Add(applied);
        }

        return changed;
    }

    private bool IsUnavailable(Pod? pod) =>
        pod is null || pod.Metadata.DeletionTimestamp is not null || !PodFacts.IsAvailable(pod, _set.Spec.MinReadySeconds, _now);

    private StatefulSetStatus Status(int? collisions)
    {
        var pods = _replicas.OfType<Pod>().Concat(_condemned).Where(static p => p.Status.Phase.Length > 0).ToList();
        var ready = pods.FindAll(static p => p.Status.Phase == "Running" && PodFacts.IsReady(p));
        var staying = pods.FindAll(static p => p.Metadata.DeletionTimestamp is null);
        var status = _set.Status with
        {
            ObservedGeneration = _set.Metadata.Generation,
            Replicas = pods.Count,
            ReadyReplicas = ready.Count,
            AvailableReplicas = ready.Count(p => PodFacts.IsAvailable(p, _set.Spec.MinReadySeconds, _now)),
            CurrentReplicas = staying.Count(p => StatefulPods.Revision(p) == _current.Metadata.Name),
            UpdatedReplicas = staying.Count(p => StatefulPods.Revision(p) == _update.Metadata.Name),
            CurrentRevision = _current.Metadata.Name,
            UpdateRevision = _update.Metadata.Name,
            CollisionCount = collisions ?? 0,
        };
        var all = _replicas.Length;
        // The rollout is through: what was the update is now what is.
        return _set.Spec.UpdateStrategy.Type != "OnDelete" && (status.UpdatedReplicas, status.ReadyReplicas, status.Replicas) == (all, all, all)
            ? status with { CurrentReplicas = status.UpdatedReplicas, CurrentRevision = status.UpdateRevision }
            : status;
    }
}

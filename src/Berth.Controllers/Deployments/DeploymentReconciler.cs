using System.Globalization;
using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Deployments;

/// <summary>
/// Decides what to do to a Deployment's ReplicaSets: one run from one sight of them. Each run takes a bounded step; the
/// changes that it makes wake the next.
/// </summary>
/// <remarks>
/// Safety: the sum of wanted pods never grows above replicas + maxSurge, and available pods are only taken away while more
/// than replicas - maxUnavailable are there. Both hold when the sight of others' writes is old (it shows fewer available
/// pods, and a write to a set that has changed meanwhile is refused), as long as one's own writes are seen:
/// <see cref="OwnWrites"/> waits for those.
/// </remarks>
public sealed class DeploymentReconciler
{
    private readonly Deployment _deployment;
    private readonly DateTimeOffset _now;
    private readonly IReadOnlySet<string> _setsWithPods;
    private readonly List<ReplicaSet> _sets;
    private readonly List<DeploymentStep> _steps = [];
    private ApiList<DeploymentCondition> _conditions;
    private string? _revision;
    private string? _newest;

    private DeploymentReconciler(Deployment deployment, IEnumerable<ReplicaSet> sets, IReadOnlySet<string> setsWithPods, DateTimeOffset now)
    {
        _deployment = deployment;
        _now = now;
        _setsWithPods = setsWithPods;
        _sets = [.. sets.OrderBy(static s => s.Metadata.CreationTimestamp?.Value ?? DateTimeOffset.MaxValue).ThenBy(static s => s.Metadata.Name, StringComparer.Ordinal)];
        _conditions = deployment.Status.Conditions;
        _newest = _sets.Find(s => DeploymentFacts.SameTemplate(s.Spec.Template, deployment.Spec.Template))?.Metadata.Name;
    }

    private int Desired => DeploymentFacts.Replicas(_deployment);

    private int WantedPods => _sets.Sum(DeploymentFacts.Replicas);

    private ReplicaSet? Newest => _sets.Find(s => s.Metadata.Name == _newest);

    private IEnumerable<ReplicaSet> Old => _sets.Where(s => s.Metadata.Name != _newest);

    /// <param name="sets">The Deployment's ReplicaSets.</param>
    /// <param name="setsWithPods">Uids of those that have pods which have not finished.</param>
    public static DeploymentPlan Plan(Deployment deployment, IEnumerable<ReplicaSet> sets, IReadOnlySet<string> setsWithPods, DateTimeOffset now) =>
        new DeploymentReconciler(deployment, sets, setsWithPods, now).Run();

    private DeploymentPlan Run()
    {
        if (_deployment.Metadata.DeletionTimestamp is not null)
            return Counted();
        NotePause();
        if (_deployment.Spec.Paused || WasScaled())
        {
            if (Newest is not null)
                AdoptNewest();
            ScaleInProportion();
            if (_deployment.Spec.Paused)
                ForgetOldSets();
            return Counted();
        }

        return DeploymentFacts.IsRolling(_deployment) ? Roll() : Recreate();
    }

    private DeploymentPlan Roll()
    {
        if (Newest is null)
            CreateNewest();
        else
            AdoptNewest();
        if (ScaleNewest())
            return RolledOut();
        if (ScaleOldDown())
            return RolledOut();
        return Finished();
    }

    private DeploymentPlan Recreate()
    {
        if (Newest is not null)
            AdoptNewest();
        var scaled = false;
        foreach (var set in Old.Where(static s => DeploymentFacts.Replicas(s) > 0).ToList())
            scaled |= Scale(set, 0);
        // The point of Recreate: no new pod before the last old one has ended.
        if (scaled || Old.Any(s => _setsWithPods.Contains(s.Metadata.Uid)))
            return RolledOut();
        if (Newest is null)
            CreateNewest();
        if (Newest is { } newest)
            Scale(newest, Desired);
        return Finished();
    }

    private DeploymentPlan Finished()
    {
        if (DeploymentProgress.IsComplete(_deployment, _deployment.Status))
            ForgetOldSets();
        return RolledOut();
    }

    private DeploymentPlan RolledOut()
    {
        var status = DeploymentProgress.Rollout(_deployment, _sets, Newest, _conditions, _now);
        return new(_steps, _revision, status, DeploymentProgress.DeadlineIn(_deployment, status, _now));
    }

    private DeploymentPlan Counted() => new(_steps, _revision, DeploymentProgress.Counts(_deployment, _sets, Newest, _conditions, _now), null);

    private void NotePause()
    {
        if (!DeploymentFacts.HasProgressDeadline(_deployment))
            return;
        var progressing = DeploymentConditions.Find(_conditions, DeploymentConditions.Progressing);
        if (progressing?.Reason == DeploymentConditions.DeadlineExceeded)
            return;
        var noted = progressing?.Reason == DeploymentConditions.Paused;
        if (_deployment.Spec.Paused && !noted)
            SetProgressing("Unknown", DeploymentConditions.Paused, "Deployment is paused");
        else if (!_deployment.Spec.Paused && noted)
            SetProgressing("Unknown", DeploymentConditions.Resumed, "Deployment is resumed");
    }

    private bool WasScaled() =>
        _sets.Any(s => DeploymentFacts.Replicas(s) > 0 && DeploymentFacts.Number(s, DeploymentFacts.DesiredReplicas) is { } known && known != Desired);

    // The newest set carries the highest revision; one that is rolled back to gets a new one.
    private void AdoptNewest()
    {
        var set = Newest!;
        var revision = NextRevision();
        var annotated = DeploymentFacts.Annotate(_deployment, set, revision, exists: true);
        if (annotated.Spec.MinReadySeconds != _deployment.Spec.MinReadySeconds)
            annotated = annotated with { Spec = annotated.Spec with { MinReadySeconds = _deployment.Spec.MinReadySeconds } };
        if (!ReferenceEquals(annotated, set))
            Update(annotated, "");
        SetRevision(annotated);
        if (DeploymentFacts.HasProgressDeadline(_deployment) && DeploymentConditions.Find(_conditions, DeploymentConditions.Progressing) is null)
            SetProgressing("True", DeploymentConditions.FoundNewReplicaSet, $"Found new replica set \"{set.Metadata.Name}\"");
    }

    private void CreateNewest()
    {
        var hash = TemplateHash.Of(_deployment.Spec.Template, _deployment.Status.CollisionCount);
        var template = _deployment.Spec.Template;
        var labels = template.Metadata.Labels.With(DeploymentFacts.TemplateHashLabel, hash);
        var selector = _deployment.Spec.Selector ?? LabelSelector.Empty;
        var set = new ReplicaSet
        {
            Metadata = new ObjectMeta
            {
                Name = $"{_deployment.Metadata.Name}-{hash}",
                Namespace = _deployment.Metadata.Namespace,
                Labels = labels,
                OwnerReferences = [ControllerRefs.Make(_deployment)],
            },
            Spec = new ReplicaSetSpec
            {
                Replicas = 0,
                MinReadySeconds = _deployment.Spec.MinReadySeconds,
                Selector = selector with { MatchLabels = selector.MatchLabels.With(DeploymentFacts.TemplateHashLabel, hash) },
                Template = template with { Metadata = template.Metadata with { Labels = labels } },
            },
            Status = new ReplicaSetStatus { TerminatingReplicas = 0 },
        };
        set = DeploymentFacts.Annotate(_deployment, set, NextRevision(), exists: false);
        var replicas = NewestSize(0);
        set = set with { Spec = set.Spec with { Replicas = replicas } };
        _sets.Add(set);
        _newest = set.Metadata.Name;
        _steps.Add(new(DeploymentAction.Create, set, replicas > 0 ? ScaleMessage(set, 0, replicas) : ""));
        SetRevision(set);
        if (DeploymentFacts.HasProgressDeadline(_deployment))
            SetProgressing("True", DeploymentConditions.NewReplicaSetCreated, $"Created new replica set \"{set.Metadata.Name}\"");
    }

    private bool ScaleNewest()
    {
        var set = Newest!;
        var size = DeploymentFacts.Replicas(set);
        return size != Desired && Scale(set, size > Desired ? Desired : NewestSize(size));
    }

    // As many as are wanted, within what the surge leaves over the pods that are there.
    private int NewestSize(int size)
    {
        if (!DeploymentFacts.IsRolling(_deployment))
            return Desired;
        var room = Desired + DeploymentFacts.MaxSurge(_deployment) - WantedPods;
        return room <= 0 ? size : size + Math.Max(0, Math.Min(room, Desired - size));
    }

    private bool ScaleOldDown()
    {
        if (!Old.Any(static s => DeploymentFacts.Replicas(s) > 0))
            return false;
        var least = Desired - DeploymentFacts.MaxUnavailable(_deployment);
        var newest = Newest!;
        var spare = WantedPods - least - (DeploymentFacts.Replicas(newest) - Serving(newest));
        if (spare <= 0)
            return false;

        var scaled = false;
        // First those that serve nobody anyway: a rollout that is stuck on broken pods gets room that costs nothing.
        foreach (var set in Old.ToList())
        {
            var broken = Math.Min(spare, DeploymentFacts.Replicas(set) - set.Status.AvailableReplicas);
            if (broken <= 0)
                continue;
            scaled |= Scale(set, DeploymentFacts.Replicas(set) - broken);
            spare -= broken;
        }

        var surplus = Math.Min(spare, _sets.Sum(Serving) - least);
        foreach (var set in Old.ToList())
        {
            var fewer = Math.Min(surplus, DeploymentFacts.Replicas(set));
            if (fewer <= 0)
                continue;
            scaled |= Scale(set, DeploymentFacts.Replicas(set) - fewer);
            surplus -= fewer;
        }

        return scaled;
    }

    // A set that was just scaled down still reports pods that it is about to lose.
    private static int Serving(ReplicaSet set) => Math.Min(DeploymentFacts.Replicas(set), set.Status.AvailableReplicas);

    private void ScaleInProportion()
    {
        foreach (var (set, size) in ProportionalScaling.Sizes(_deployment, _sets, Newest))
        {
            var annotated = DeploymentFacts.WithReplicaAnnotations(_deployment, set);
            var current = DeploymentFacts.Replicas(set);
            if (current != size)
                Update(annotated with { Spec = annotated.Spec with { Replicas = size } }, ScaleMessage(set, current, size));
            else if (!ReferenceEquals(annotated, set))
                Update(annotated, "");
        }
    }

    private void ForgetOldSets()
    {
        if (_deployment.Spec.RevisionHistoryLimit is not { } limit)
            return;
        var old = Old.Where(static s => s.Metadata.DeletionTimestamp is null).OrderBy(DeploymentFacts.RevisionOf).ToList();
        foreach (var set in old.Take(Math.Max(0, old.Count - limit)))
        {
            if (set.Status.Replicas != 0 || DeploymentFacts.Replicas(set) != 0 || set.Metadata.Generation > set.Status.ObservedGeneration)
                continue;
            _steps.Add(new(DeploymentAction.Delete, set, ""));
            _sets.Remove(set);
        }
    }

    private bool Scale(ReplicaSet set, int size)
    {
        var current = DeploymentFacts.Replicas(set);
        if (current == size)
            return false;
        var scaled = DeploymentFacts.WithReplicaAnnotations(_deployment, set);
        Update(scaled with { Spec = scaled.Spec with { Replicas = size } }, ScaleMessage(set, current, size));
        return true;
    }

    // A set that is written twice in a run is written once, as it is in the end.
    private void Update(ReplicaSet set, string message)
    {
        _sets[_sets.FindIndex(s => s.Metadata.Name == set.Metadata.Name)] = set;
        var earlier = _steps.FindIndex(s => s.Set.Metadata.Name == set.Metadata.Name);
        if (earlier >= 0)
            _steps[earlier] = _steps[earlier] with { Set = set, Message = message.Length > 0 ? message : _steps[earlier].Message };
        else
            _steps.Add(new(DeploymentAction.Update, set, message));
    }

    private long NextRevision() => Old.Select(DeploymentFacts.RevisionOf).DefaultIfEmpty(0).Max() + 1;

    private void SetRevision(ReplicaSet set)
    {
        var revision = DeploymentFacts.RevisionOf(set).ToString(CultureInfo.InvariantCulture);
        if (_deployment.Metadata.Annotations.GetOr(DeploymentFacts.Revision) != revision)
            _revision = revision;
    }

    private void SetProgressing(string status, string reason, string message) =>
        _conditions = DeploymentConditions.With(_conditions, DeploymentConditions.Progressing, status, reason, message, _now);

    private static string ScaleMessage(ReplicaSet set, int from, int to) =>
        string.Create(CultureInfo.InvariantCulture, $"Scaled {(to > from ? "up" : "down")} replica set {set.Metadata.Name} from {from} to {to}");
}

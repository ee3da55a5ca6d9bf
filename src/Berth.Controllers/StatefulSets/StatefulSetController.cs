using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Selection;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Controllers.Pods;
using Berth.Controllers.Revisions;

namespace Berth.Controllers.StatefulSets;

/// <summary>Gives each pod of a StatefulSet its name, its claims and its turn. What to do is <see cref="StatefulSetReconciler"/>'s; here it is done.</summary>
/// <remarks>Needs no expectations: a pod's name is its ordinal's, so that none can be made twice, and deletions name the uid.</remarks>
public sealed class StatefulSetController : Controller
{
    private readonly Informer<StatefulSet> _sets;
    private readonly Informer<Pod> _pods;
    private readonly Informer<PersistentVolumeClaim> _claims;
    private readonly Informer<ControllerRevision> _revisions;
    private readonly EventRecorder _events;
    private readonly RevisionHistory _history;

    public StatefulSetController(ControllerContext context)
        : base(context, "statefulset-controller")
    {
        _sets = context.Informers.For<StatefulSet>();
        _pods = context.Informers.For<Pod>();
        _claims = context.Informers.For<PersistentVolumeClaim>();
        _revisions = context.Informers.For<ControllerRevision>();
        _events = context.Events(Name);
        _history = new RevisionHistory(context.Client, "controller.kubernetes.io/hash");
        OwnedIndex.AddTo(_revisions.Cache);
        _sets.AddHandler(Enqueue, (_, set) => Enqueue(set), Enqueue);
        _claims.AddHandler(deleted: WakeWaiting);
        new PodOwners<StatefulSet>(_sets.Cache, SelectorOf, null, Queue.Add).Attach(_pods);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_sets.Cache.Get(key) is not { } set)
            return;
        var selector = SelectorOf(set);
        if (selector.IsEverything)
            return;
        var candidates = OwnedIndex.Candidates(_pods.Cache, set).Where(p => StatefulPods.Ordinal(set, p) is not null);
        var pods = await Claims.ClaimAsync(Client, set, selector, candidates, "", ct).ConfigureAwait(false);
        var known = await Claims.ClaimAsync(Client, set, selector, OwnedIndex.Candidates(_revisions.Cache, set), "", ct).ConfigureAwait(false);
        var state = await _history.SyncAsync(set, set.Spec.Template, TemplateRevision.Sort(known), set.Status.CollisionCount, ct).ConfigureAwait(false);
        var current = state.All.FirstOrDefault(r => r.Metadata.Name == set.Status.CurrentRevision) ?? state.Current;

        var now = Time.GetUtcNow();
        var plan = StatefulSetReconciler.Plan(set, pods, current, state.Current, state.Collisions, name => _claims.Cache.Get(key.Namespace, name), now);
        var problem = await CarryOutAsync(set, plan, ct).ConfigureAwait(false);
        if (!plan.Status.Equals(set.Status))
            await Client.UpdateStatusAsync(set with { Status = plan.Status }, null, ct).ConfigureAwait(false);
        if (problem is not null && !PodControl.IsNamespaceGoing(problem))
            throw new IOException(problem.Message, problem);

        var live = pods.Select(StatefulPods.Revision).Append(current.Metadata.Name).Append(state.Current.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var old in TemplateRevision.BeyondLimit(state.All, r => live.Contains(r.Metadata.Name), set.Spec.RevisionHistoryLimit ?? 10))
            await _history.DeleteAsync(old, ct).ConfigureAwait(false);
        if (PodFacts.NextAvailable(pods, set.Spec.MinReadySeconds, now) is { } wait)
            Queue.AddAfter(key, wait);
    }

    private static Selector SelectorOf(StatefulSet set) => LabelSelectors.Compile(set.Spec.Selector);

    // A pod that was scaled away takes its claim with it; its successor waits until that one is gone.
    private void WakeWaiting(PersistentVolumeClaim claim)
    {
        foreach (var set in _sets.Cache.List(claim.Metadata.Namespace))
        {
            if (set.Spec.PersistentVolumeClaimRetentionPolicy?.WhenScaled == "Delete")
                Enqueue(set);
        }
    }

    private async Task<Exception?> CarryOutAsync(StatefulSet set, StatefulSetPlan plan, CancellationToken ct)
    {
        if (!plan.Ordered)
            return (await SlowStart.RunAsync(plan.Steps.Count, i => CarryOutAsync(set, plan.Steps[i], ct)).ConfigureAwait(false)).Failure;
        foreach (var step in plan.Steps)
        {
            try
            {
                await CarryOutAsync(set, step, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
            {
                return e;
            }
        }

        return null;
    }

    private async Task CarryOutAsync(StatefulSet set, StatefulStep step, CancellationToken ct)
    {
        var verb = step.Action switch { StatefulAction.Create => "Create", StatefulAction.Delete => "Delete", _ => "Update" };
        try
        {
            foreach (var claim in step.Claims)
                await CreateClaimAsync(set, step.Pod, claim, ct).ConfigureAwait(false);
            foreach (var claim in step.Changed)
                await Client.UpdateAsync(claim, null, ct).ConfigureAwait(false);
            switch (step.Action)
            {
                case StatefulAction.Create:
                    await Client.CreateAsync(step.Pod, null, ct).ConfigureAwait(false);
                    break;
                case StatefulAction.Update:
                    await Client.UpdateAsync(step.Pod, null, ct).ConfigureAwait(false);
                    break;
                case StatefulAction.Delete:
                    var options = new DeleteOptions { Preconditions = new Preconditions { Uid = step.Pod.Metadata.Uid } };
                    await Client.DeleteAsync<Pod>(set.Metadata.Namespace, step.Pod.Metadata.Name, options, ct).ConfigureAwait(false);
                    break;
                default:
                    return;
            }
        }
        catch (ApiException e) when (step.Action == StatefulAction.Delete && (e.IsNotFound || e.IsConflict))
        {
            return;
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // The cache lags behind our own creation, or a pod of that name is someone else's: the next run sees which.
            throw;
        }
        catch (ApiException e)
        {
            if (!PodControl.IsNamespaceGoing(e) && !e.IsConflict)
                _events.Event(set, "Warning", "Failed" + verb, $"{verb} Pod {step.Pod.Metadata.Name} in StatefulSet {set.Metadata.Name} failed error: {e.Message}");
            throw;
        }

        _events.Event(set, "Normal", "Successful" + verb, $"{verb} Pod {step.Pod.Metadata.Name} in StatefulSet {set.Metadata.Name} successful");
    }

    private async Task CreateClaimAsync(StatefulSet set, Pod pod, PersistentVolumeClaim claim, CancellationToken ct)
    {
        try
        {
            await Client.CreateAsync(claim, null, ct).ConfigureAwait(false);
            _events.Event(set, "Normal", "SuccessfulCreate", $"Create Claim {claim.Metadata.Name} Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} success");
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // From an earlier life of this ordinal: it is meant to be used again.
        }
        catch (ApiException e)
        {
            _events.Event(set, "Warning", "FailedCreate", $"Create Claim {claim.Metadata.Name} for Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} failed error: {e.Message}");
            throw;
        }
    }
}

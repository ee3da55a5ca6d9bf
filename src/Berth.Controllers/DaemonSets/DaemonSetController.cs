using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Controllers.Pods;
using Berth.Controllers.Revisions;

namespace Berth.Controllers.DaemonSets;

/// <summary>Keeps one pod of a DaemonSet on each node that should have one. What to do is <see cref="DaemonSetReconciler"/>'s; here it is done.</summary>
public sealed class DaemonSetController : Controller
{
    private readonly Informer<DaemonSet> _sets;
    private readonly Informer<Pod> _pods;
    private readonly Informer<Node> _nodes;
    private readonly Informer<ControllerRevision> _revisions;
    private readonly EventRecorder _events;
    private readonly PodControl _control;
    private readonly PodExpectations _expectations;
    private readonly FinishedPodBackoff _backoff;
    private readonly RevisionHistory _history;

    public DaemonSetController(ControllerContext context)
        : base(context, "daemonset-controller", workers: 2)
    {
        _sets = context.Informers.For<DaemonSet>();
        _pods = context.Informers.For<Pod>();
        _nodes = context.Informers.For<Node>();
        _revisions = context.Informers.For<ControllerRevision>();
        _events = context.Events(Name);
        _control = new PodControl(context.Client, _events);
        _expectations = new PodExpectations(context.Time);
        _backoff = new FinishedPodBackoff(context.Time);
        _history = new RevisionHistory(context.Client, DaemonPods.HashLabel);
        OwnedIndex.AddTo(_revisions.Cache);
        _sets.AddHandler(Enqueue, (_, set) => Enqueue(set), Removed);
        _nodes.AddHandler(_ => WakeAll(), NodeChanged, _ => WakeAll());
        new PodOwners<DaemonSet>(_sets.Cache, SelectorOf, _expectations, Queue.Add).Attach(_pods);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_sets.Cache.Get(key) is not { } set)
        {
            _expectations.Forget(key);
            return;
        }

        var selector = SelectorOf(set);
        if (selector.IsEverything)
        {
            _events.Event(set, "Warning", "SelectingAll", "This daemon set is selecting all pods. A non-empty selector is required.");
            return;
        }

        if (set.Metadata.DeletionTimestamp is not null)
            return;
        var seen = _expectations.AreMet(key);
        var nodes = _nodes.Cache.List();
        var known = await Claims.ClaimAsync(Client, set, selector, OwnedIndex.Candidates(_revisions.Cache, set), "", ct).ConfigureAwait(false);
        var state = await _history.SyncAsync(set, set.Spec.Template, TemplateRevision.Sort(known), set.Status.CollisionCount, ct).ConfigureAwait(false);
        var hash = state.Current.Metadata.Labels.GetOr(DaemonPods.HashLabel, "");
        var pods = await Claims.ClaimAsync(Client, set, selector, OwnedIndex.Candidates(_pods.Cache, set), "", ct).ConfigureAwait(false);

        Exception? problem = null;
        if (seen)
        {
            var plan = DaemonSetReconciler.Plan(set, nodes, pods, hash, Time.GetUtcNow());
            problem = await CarryOutAsync(key, set, plan, hash, ct).ConfigureAwait(false);
            var live = pods.Select(static p => p.Metadata.Labels.GetOr(DaemonPods.HashLabel, "")).Append(hash).ToHashSet(StringComparer.Ordinal);
            foreach (var old in TemplateRevision.BeyondLimit(state.All, r => live.Contains(r.Metadata.Labels.GetOr(DaemonPods.HashLabel, "")), set.Spec.RevisionHistoryLimit ?? 10))
                await _history.DeleteAsync(old, ct).ConfigureAwait(false);
        }

        var now = Time.GetUtcNow();
        var status = DaemonSetReconciler.Status(set, nodes, pods, hash, state.Collisions, now);
        if (!status.Equals(set.Status))
            await Client.UpdateStatusAsync(set with { Status = status }, null, ct).ConfigureAwait(false);
        if (problem is not null && !PodControl.IsNamespaceGoing(problem))
            throw new IOException(problem.Message, problem);
        if (PodFacts.NextAvailable(pods, set.Spec.MinReadySeconds, now) is { } wait)
            Queue.AddAfter(key, wait);
    }

    private static Selector SelectorOf(DaemonSet set) => LabelSelectors.Compile(set.Spec.Selector);

    private async Task<Exception?> CarryOutAsync(ObjectKey key, DaemonSet set, DaemonPlan plan, string hash, CancellationToken ct)
    {
        var delete = plan.Delete.ToList();
        foreach (var pod in plan.Finished)
        {
            var node = DaemonPods.NodeOf(pod);
            if (_backoff.Take(set.Metadata.Uid, node) is var wait && wait > TimeSpan.Zero)
            {
                Queue.AddAfter(key, wait);
                continue;
            }

            var failed = pod.Status.Phase == "Failed";
            _events.Event(set, failed ? "Warning" : "Normal", failed ? "FailedDaemonPod" : "SucceededDaemonPod",
                $"Found {(failed ? "failed" : "succeeded")} daemon pod {pod.Metadata.Namespace}/{pod.Metadata.Name} on node {node}, will try to {(failed ? "kill" : "delete")} it");
            delete.Add(pod);
        }

        if (plan.Create.Count == 0 && delete.Count == 0)
            return null;
        _expectations.Expect(key, plan.Create.Count, delete.Select(static p => p.Metadata.Uid));
        var created = await SlowStart.RunAsync(plan.Create.Count, i => _control.CreateAsync(DaemonPods.Make(set, plan.Create[i], hash), set, ct)).ConfigureAwait(false);
        _expectations.Created(key, plan.Create.Count - created.Done);
        var deleted = await SlowStart.AllAsync(delete, pod => DeleteAsync(key, set, pod, ct)).ConfigureAwait(false);
        return created.Failure ?? deleted;
    }

    private async Task DeleteAsync(ObjectKey key, DaemonSet set, Pod pod, CancellationToken ct)
    {
        var gone = true;
        try
        {
            gone = !await _control.DeleteAsync(pod, set, ct).ConfigureAwait(false);
        }
        finally
        {
            if (gone)
                _expectations.Deleted(key, pod.Metadata.Uid);
        }
    }

    // Nodes report every few seconds; only what decides over daemons is worth a look.
    private void NodeChanged(Node old, Node node)
    {
        if (old.Metadata.Labels.Equals(node.Metadata.Labels) && old.Spec.Taints.Equals(node.Spec.Taints))
            return;
        foreach (var set in _sets.Cache.List())
        {
            if (DaemonPods.Eligibility(set, old) != DaemonPods.Eligibility(set, node))
                Enqueue(set);
        }
    }

    private void WakeAll()
    {
        foreach (var set in _sets.Cache.List())
            Enqueue(set);
    }

    private void Removed(DaemonSet set)
    {
        _expectations.Forget(ObjectKey.Of(set));
        Enqueue(set);
    }
}

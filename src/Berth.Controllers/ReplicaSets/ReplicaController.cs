using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.Client.Informers;
using Berth.Controllers.Pods;

namespace Berth.Controllers.ReplicaSets;

/// <summary>
/// Keeps a number of equal pods: the loop that ReplicaSets and ReplicationControllers share. Both are seen as ReplicaSets.
/// </summary>
public abstract class ReplicaController<T> : Controller
    where T : class, IApiObject<T>
{
    private readonly Informer<T> _sets;
    private readonly Informer<Pod> _pods;
    private readonly PodExpectations _expectations;
    private readonly PodControl _control;

    protected ReplicaController(ControllerContext context, string name)
        : base(context, name)
    {
        _sets = context.Informers.For<T>();
        _pods = context.Informers.For<Pod>();
        _expectations = new PodExpectations(context.Time);
        _control = new PodControl(context.Client, context.Events(name));
        OwnedIndex.AddTo(_sets.Cache);
        _sets.AddHandler(Enqueue, (_, set) => Enqueue(set), Removed);
        new PodOwners<T>(_sets.Cache, set => SelectorOf(AsReplicaSet(set)), _expectations, Queue.Add).Attach(_pods);
    }

    /// <summary>The object as a ReplicaSet; metadata is its own.</summary>
    protected abstract ReplicaSet AsReplicaSet(T value);

    protected abstract T WithStatus(T value, ReplicaSetStatus status);

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_sets.Cache.Get(key) is not { } owner)
        {
            _expectations.Forget(key);
            return;
        }

        var set = AsReplicaSet(owner);
        var seen = _expectations.AreMet(key);
        var candidates = OwnedIndex.Candidates(_pods.Cache, owner).Where(static p => !PodFacts.IsFinished(p)).ToList();
        var pods = await Claims.ClaimAsync(Client, owner, SelectorOf(set), candidates, "", ct).ConfigureAwait(false);
        var active = pods.Where(PodFacts.IsActive).ToList();
        var terminating = candidates.Count(p => PodFacts.IsTerminating(p) && ControllerRefs.IsControlledBy(p, owner));

        Exception? problem = null;
        ReplicaFailure? failure = null;
        if (seen)
        {
            var plan = ReplicaSetReconciler.Plan(set, active, Related(owner, active), Time.GetUtcNow());
            problem = await CarryOutAsync(key, owner, set, plan, ct).ConfigureAwait(false);
            if (PodControl.IsNamespaceGoing(problem))
                problem = null;
            if (problem is not null)
                failure = new(plan.Create > 0 ? "FailedCreate" : "FailedDelete", problem.Message);
        }

        var now = Time.GetUtcNow();
        var status = ReplicaSetReconciler.Status(set, active, terminating, failure, now);
        if (WithStatus(owner, status) is var changed && !changed.Equals(owner))
            await Client.UpdateStatusAsync(changed, null, ct).ConfigureAwait(false);
        if (problem is not null)
            throw new IOException(problem.Message, problem);
        if (PodFacts.NextAvailable(active, set.Spec.MinReadySeconds, now) is { } wait)
            Queue.AddAfter(key, wait);
    }

    private static Selector SelectorOf(ReplicaSet set) => LabelSelectors.Compile(set.Spec.Selector);

    private async Task<Exception?> CarryOutAsync(ObjectKey key, T owner, ReplicaSet set, ReplicaPlan plan, CancellationToken ct)
    {
        if (plan.Create > 0)
        {
            _expectations.Expect(key, plan.Create, []);
            var template = PodTemplates.Pod(set.Spec.Template, owner);
            var result = await SlowStart.RunAsync(plan.Create, _ => _control.CreateAsync(template, owner, ct)).ConfigureAwait(false);
            _expectations.Created(key, plan.Create - result.Done);
            return result.Failure;
        }

        if (plan.Delete.Count == 0)
            return null;
        _expectations.Expect(key, 0, plan.Delete.Select(static p => p.Metadata.Uid));
        return await SlowStart.AllAsync(plan.Delete, pod => DeleteAsync(key, owner, pod, ct)).ConfigureAwait(false);
    }

    private async Task DeleteAsync(ObjectKey key, T owner, Pod pod, CancellationToken ct)
    {
        var gone = true;
        try
        {
            gone = !await _control.DeleteAsync(pod, owner, ct).ConfigureAwait(false);
        }
        finally
        {
            if (gone)
                _expectations.Deleted(key, pod.Metadata.Uid);
        }
    }

    // The pods of all sets with the same controller, such as the old and the new ones of a Deployment.
    private IEnumerable<Pod> Related(T owner, IReadOnlyList<Pod> own)
    {
        if (ControllerRefs.Of(owner) is not { } controller)
            return own;
        return OwnedIndex.OwnedBy(_sets.Cache, controller.Uid).SelectMany(set => OwnedIndex.OwnedBy(_pods.Cache, set.Metadata.Uid));
    }

    private void Removed(T set)
    {
        _expectations.Forget(ObjectKey.Of(set));
        Enqueue(set);
    }
}

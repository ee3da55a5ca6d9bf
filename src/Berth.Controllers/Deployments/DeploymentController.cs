using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Deployments;

/// <summary>Rolls a Deployment's template out through ReplicaSets. What to do is <see cref="DeploymentReconciler"/>'s; here it is done.</summary>
public sealed class DeploymentController : Controller
{
    private readonly Informer<Deployment> _deployments;
    private readonly Informer<ReplicaSet> _sets;
    private readonly Informer<Pod> _pods;
    private readonly EventRecorder _events;
    private readonly OwnWrites _writes;

    public DeploymentController(ControllerContext context)
        : base(context, "deployment-controller")
    {
        _deployments = context.Informers.For<Deployment>();
        _sets = context.Informers.For<ReplicaSet>();
        _pods = context.Informers.For<Pod>();
        _events = context.Events(Name);
        _writes = new OwnWrites(context.Time);
        OwnedIndex.AddTo(_sets.Cache);
        OwnedIndex.AddTo(_pods.Cache);
        _deployments.AddHandler(Enqueue, (_, d) => Enqueue(d), Enqueue);
        _sets.AddHandler(Wake, (old, set) => { Wake(old); Wake(set); }, Wake);
        // Recreate waits for the last old pod to end.
        _pods.AddHandler(null, WakeOnEnd, WakeRecreate);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_deployments.Cache.Get(key) is not { } deployment)
        {
            _writes.Forget(key);
            return;
        }

        if (!_writes.AreSeen(key, name => _sets.Cache.Get(key.Namespace, name)))
        {
            // The change that is waited for wakes the deployment; the clock does should it never come.
            Queue.AddAfter(key, PodExpectations.Lifetime);
            return;
        }

        var selector = LabelSelectors.Compile(deployment.Spec.Selector);
        if (selector.IsEverything)
        {
            _events.Event(deployment, "Warning", "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.");
            return;
        }

        var sets = await Claims.ClaimAsync(Client, deployment, selector, OwnedIndex.Candidates(_sets.Cache, deployment), "", ct).ConfigureAwait(false);
        var busy = sets
            .Where(s => OwnedIndex.OwnedBy(_pods.Cache, s.Metadata.Uid).Any(static p => !PodFacts.IsFinished(p)))
            .Select(static s => s.Metadata.Uid)
            .ToHashSet(StringComparer.Ordinal);
        var plan = DeploymentReconciler.Plan(deployment, sets, busy, Time.GetUtcNow());
        foreach (var step in plan.Steps)
        {
            if (!await CarryOutAsync(deployment, step, ct).ConfigureAwait(false))
                return;
        }

        await WriteAsync(deployment, plan, ct).ConfigureAwait(false);
        if (plan.CheckAfter is { } wait)
            Queue.AddAfter(key, wait);
    }

    // False when the run ends here; what was written wakes the next.
    private async Task<bool> CarryOutAsync(Deployment deployment, DeploymentStep step, CancellationToken ct)
    {
        var key = ObjectKey.Of(deployment);
        try
        {
            switch (step.Action)
            {
                case DeploymentAction.Create:
                    _writes.Wrote(key, await Client.CreateAsync(step.Set, null, ct).ConfigureAwait(false));
                    break;
                case DeploymentAction.Update:
                    _writes.Wrote(key, await Client.UpdateAsync(step.Set, null, ct).ConfigureAwait(false));
                    break;
                default:
                    await Client.DeleteAsync<ReplicaSet>(step.Set.Metadata.Namespace, step.Set.Metadata.Name, null, ct).ConfigureAwait(false);
                    break;
            }
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            return await ResolveCollisionAsync(deployment, step.Set, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound && step.Action == DeploymentAction.Delete)
        {
            return true;
        }
        catch (ApiException e) when (PodControl.IsNamespaceGoing(e))
        {
            return false;
        }
        catch (ApiException e) when (step.Action == DeploymentAction.Create)
        {
            await ReportCreateErrorAsync(deployment, e, ct).ConfigureAwait(false);
            throw;
        }

        if (step.Message.Length > 0)
            _events.Event(deployment, "Normal", "ScalingReplicaSet", step.Message);
        return true;
    }

    // The name is taken: by this very set, which the cache does not show yet, or by one whose template has the same hash.
    private async Task<bool> ResolveCollisionAsync(Deployment deployment, ReplicaSet set, CancellationToken ct)
    {
        var existing = await Client.GetAsync<ReplicaSet>(set.Metadata.Namespace, set.Metadata.Name, null, ct).ConfigureAwait(false);
        if (ControllerRefs.IsControlledBy(existing, deployment) && DeploymentFacts.SameTemplate(existing.Spec.Template, deployment.Spec.Template))
            return false;
        var status = deployment.Status with { CollisionCount = (deployment.Status.CollisionCount ?? 0) + 1 };
        await Client.UpdateStatusAsync(deployment with { Status = status }, null, ct).ConfigureAwait(false);
        return false;
    }

    private async Task ReportCreateErrorAsync(Deployment deployment, ApiException problem, CancellationToken ct)
    {
        var message = $"Failed to create new replica set: {problem.Message}";
        _events.Event(deployment, "Warning", DeploymentConditions.CreateError, message);
        if (!DeploymentFacts.HasProgressDeadline(deployment))
            return;
        var conditions = DeploymentConditions.With(deployment.Status.Conditions, DeploymentConditions.Progressing, "False", DeploymentConditions.CreateError, message, Time.GetUtcNow());
        if (!ReferenceEquals(conditions, deployment.Status.Conditions))
            await Client.UpdateStatusAsync(deployment with { Status = deployment.Status with { Conditions = conditions } }, null, ct).ConfigureAwait(false);
    }

    private async Task WriteAsync(Deployment deployment, DeploymentPlan plan, CancellationToken ct)
    {
        // The revision travels with the status: written on its own it would count as a new generation.
        var metadata = plan.Revision is { } revision
            ? deployment.Metadata with { Annotations = deployment.Metadata.Annotations.With(DeploymentFacts.Revision, revision) }
            : deployment.Metadata;
        if (plan.Revision is not null || !plan.Status.Equals(deployment.Status))
            await Client.UpdateStatusAsync(deployment with { Metadata = metadata, Status = plan.Status }, null, ct).ConfigureAwait(false);
    }

    private void Wake(ReplicaSet set)
    {
        if (ControllerRefs.Of(set) is { Kind: "Deployment" } owner)
        {
            Queue.Add(new ObjectKey(set.Metadata.Namespace, owner.Name));
            return;
        }

        foreach (var deployment in _deployments.Cache.List(set.Metadata.Namespace))
        {
            if (LabelSelectors.Compile(deployment.Spec.Selector) is { IsEverything: false } selector && selector.Matches(set))
                Enqueue(deployment);
        }
    }

    private void WakeOnEnd(Pod old, Pod pod)
    {
        if (PodFacts.IsFinished(pod) && !PodFacts.IsFinished(old))
            WakeRecreate(pod);
    }

    private void WakeRecreate(Pod pod)
    {
        if (ControllerRefs.Of(pod) is not { Kind: "ReplicaSet" } reference
            || _sets.Cache.Get(pod.Metadata.Namespace, reference.Name) is not { } set
            || ControllerRefs.Of(set) is not { Kind: "Deployment" } owner)
            return;
        if (_deployments.Cache.Get(pod.Metadata.Namespace, owner.Name) is { } deployment && !DeploymentFacts.IsRolling(deployment))
            Enqueue(deployment);
    }
}

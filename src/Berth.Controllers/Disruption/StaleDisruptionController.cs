using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Informers;
using Berth.Controllers.NodeLifecycle;

namespace Berth.Controllers.Disruption;

/// <summary>Takes back the mark of pods that were to be disrupted and were not, as when a preemption was given up.</summary>
public sealed class StaleDisruptionController : Controller
{
    private readonly Informer<Pod> _pods;

    public StaleDisruptionController(ControllerContext context)
        : base(context, "stale-disruption-controller", workers: 1)
    {
        _pods = context.Informers.For<Pod>();
        _pods.AddHandler(Schedule, (_, pod) => Schedule(pod));
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_pods.Cache.Get(key) is not { } pod || DisruptionReconciler.StaleAt(pod) is not { } at)
            return;
        var now = Time.GetUtcNow();
        if (at > now)
        {
            Queue.AddAfter(key, at - now);
            return;
        }

        var conditions = pod.Status.Conditions.Map(c => c.Type == PodDisruption.Target
            ? new PodCondition { Type = c.Type, Status = "False", LastTransitionTime = now, ObservedGeneration = pod.Metadata.Generation }
            : c);
        await Client.UpdateStatusAsync(pod with { Status = pod.Status with { Conditions = conditions } }, ct: ct).ConfigureAwait(false);
    }

    private void Schedule(Pod pod)
    {
        if (DisruptionReconciler.StaleAt(pod) is not null)
            Enqueue(pod);
    }
}

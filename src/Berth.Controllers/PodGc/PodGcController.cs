using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Controllers.NodeLifecycle;
using Berth.Controllers.Pods;

namespace Berth.Controllers.PodGc;

/// <summary>Deletes pods that no node will end: of lost nodes, without a node, and those that ended too long ago.</summary>
public sealed class PodGcController : Controller
{
    // As Kubernetes: a node that a cache does not show may only be late.
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_quarantine = TimeSpan.FromSeconds(40);

    // One round over all pods is the unit of work: its key stands for none of them.
    private static readonly ObjectKey s_round = new("", "round");

    private readonly Informer<Pod> _pods;
    private readonly Informer<Node> _nodes;

    // Since when a node that pods are on is missing. Owned by the only worker.
    private readonly Dictionary<string, DateTimeOffset> _missing = new(StringComparer.Ordinal);

    public PodGcController(ControllerContext context)
        : base(context, "pod-garbage-collector", workers: 1)
    {
        _pods = context.Informers.For<Pod>();
        _nodes = context.Informers.For<Node>();
    }

    protected override async Task RunBackgroundAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(s_period, Time);
        do
            Queue.Add(s_round);
        while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false));
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var pods = _pods.Cache.List();
        var lost = await LostNodesAsync(PodGcReconciler.MissingNodes(pods, NodeOf), ct).ConfigureAwait(false);
        foreach (var removal in PodGcReconciler.Plan(pods, NodeOf, lost))
            await RemoveAsync(removal, ct).ConfigureAwait(false);
    }

    private Node? NodeOf(string name) => _nodes.Cache.Get("", name);

    // Missing for long enough, and the server says so too.
    private async Task<IReadOnlySet<string>> LostNodesAsync(IReadOnlySet<string> missing, CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        foreach (var name in _missing.Keys.Where(n => !missing.Contains(n)).ToList())
            _missing.Remove(name);
        var lost = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in missing)
        {
            _missing.TryAdd(name, now);
            if (now - _missing[name] < s_quarantine)
                continue;
            try
            {
                await Client.GetAsync<Node>(null, name, ct: ct).ConfigureAwait(false);
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                lost.Add(name);
            }
        }

        return lost;
    }

    private async Task RemoveAsync(PodRemoval removal, CancellationToken ct)
    {
        var pod = removal.Pod;
        try
        {
            // A pod that is deleted while it runs has failed; owners and watchers learn it from the last state.
            if (!PodFacts.IsFinished(pod))
            {
                var status = removal.Reason == PodRemovalReason.Orphaned
                    ? PodDisruption.Marked(pod, "DeletionByPodGC", "PodGC: node no longer exists", Time.GetUtcNow())
                    : pod.Status;
                await Client.UpdateStatusAsync(pod with { Status = status with { Phase = "Failed" } }, ct: ct).ConfigureAwait(false);
            }

            await Client.DeleteAsync<Pod>(
                pod.Metadata.Namespace,
                pod.Metadata.Name,
                new DeleteOptions { GracePeriodSeconds = 0, Preconditions = new() { Uid = pod.Metadata.Uid } },
                ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound || e.IsConflict)
        {
            // Gone, or changed since: the next round looks again.
        }
    }
}

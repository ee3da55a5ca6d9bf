using System.Collections.Concurrent;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;

namespace Berth.Controllers.NodeLifecycle;

/// <summary>Deletes pods that do not, or no longer, tolerate a NoExecute taint of their node.</summary>
public sealed class TaintEvictionController : Controller
{
    private readonly Informer<Node> _nodes;
    private readonly Informer<Pod> _pods;
    private readonly EventRecorder _events;

    // Pods whose time runs, by uid, and since when. Forgotten when the taints go, so that the time begins anew.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);

    public TaintEvictionController(ControllerContext context)
        : base(context, "taint-eviction-controller", workers: 8)
    {
        _events = context.Events("taint-eviction-controller");
        _nodes = context.Informers.For<Node>();
        _pods = context.Informers.For<Pod>();
        _nodes.AddHandler(EnqueuePods, NodeChanged);
        _pods.AddHandler(PodSeen, PodChanged, pod => _since.TryRemove(pod.Metadata.Uid, out _));
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_pods.Cache.Get(key) is not { } pod || pod.Metadata.DeletionTimestamp is not null)
            return;
        var now = Time.GetUtcNow();
        var node = _nodes.Cache.Get("", pod.Spec.NodeName);
        if (node is null || !IsTainted(node))
        {
            Cancel(pod);
            return;
        }

        var since = _since.TryGetValue(pod.Metadata.Uid, out var known) ? known : TaintEviction.Since(pod, node, now);
        if (TaintEviction.Due(pod, node, since) is not { } due)
        {
            Cancel(pod);
            return;
        }

        if (due > now)
        {
            _since.TryAdd(pod.Metadata.Uid, since);
            Queue.AddAfter(key, due - now);
            return;
        }

        await EvictAsync(pod, now, ct).ConfigureAwait(false);
        _since.TryRemove(pod.Metadata.Uid, out _);
    }

    private async Task EvictAsync(Pod pod, DateTimeOffset now, CancellationToken ct)
    {
        _events.Event(pod, "Normal", "TaintManagerEviction", $"Marking for deletion Pod {pod.Metadata.Namespace}/{pod.Metadata.Name}");
        try
        {
            var status = PodDisruption.Marked(pod, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", now);
            if (!status.Equals(pod.Status))
                await Client.UpdateStatusAsync(pod with { Status = status }, ct: ct).ConfigureAwait(false);
            await Client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, new DeleteOptions { Preconditions = new() { Uid = pod.Metadata.Uid } }, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // The pod has gone.
        }
    }

    private void Cancel(Pod pod)
    {
        if (_since.TryRemove(pod.Metadata.Uid, out _))
            _events.Event(pod, "Normal", "TaintManagerEviction", $"Cancelling deletion of Pod {pod.Metadata.Namespace}/{pod.Metadata.Name}");
    }

    private static bool IsTainted(Node node) => node.Spec.Taints.Any(t => t.Effect == "NoExecute");

    private void NodeChanged(Node old, Node node)
    {
        if (!old.Spec.Taints.Equals(node.Spec.Taints) && (IsTainted(old) || IsTainted(node)))
            EnqueuePods(node);
    }

    private void EnqueuePods(Node node)
    {
        foreach (var pod in _pods.Cache.ByIndex(NodeLifecycleController.PodsByNode, node.Metadata.Name))
            Enqueue(pod);
    }

    private void PodSeen(Pod pod)
    {
        if (pod.Spec.NodeName.Length > 0)
            Enqueue(pod);
    }

    private void PodChanged(Pod old, Pod pod)
    {
        if (old.Spec.NodeName != pod.Spec.NodeName || !old.Spec.Tolerations.Equals(pod.Spec.Tolerations))
            PodSeen(pod);
    }
}

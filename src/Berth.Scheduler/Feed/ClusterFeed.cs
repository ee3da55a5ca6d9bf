using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Informers;
using Berth.Resources.Allocation;
using Berth.Resources.Demand;
using Berth.Scheduler.Preemption;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Feed;

/// <summary>
/// Keeps state and queue up with the cluster: informers -> <see cref="ClusterState"/>, <see cref="Nominations"/> and
/// <see cref="SchedulingQueue"/>. Its handlers run on the informers' loops and are quick.
/// </summary>
internal sealed class ClusterFeed
{
    private readonly Lock _gate;
    private readonly ClusterState _state;
    private readonly Nominations _nominations;
    private readonly SchedulingQueue _queue;
    private readonly Func<string, bool> _ours;

    /// <param name="gate">Lock of <paramref name="state"/> and <paramref name="nominations"/>.</param>
    /// <param name="ours">Whether pods that name this scheduler are to be placed here.</param>
    public ClusterFeed(InformerFactory informers, Lock gate, ClusterState state, Nominations nominations, SchedulingQueue queue, Func<string, bool> ours)
    {
        _gate = gate;
        _state = state;
        _nominations = nominations;
        _queue = queue;
        _ours = ours;
        informers.For<Namespace>().AddHandler(n => OnNamespace(n.Metadata.Name, n.Metadata.Labels), (_, n) => OnNamespace(n.Metadata.Name, n.Metadata.Labels), n => OnNamespace(n.Metadata.Name, null));
        informers.For<Node>().AddHandler(OnNodeAdded, OnNodeUpdated, OnNodeDeleted);
        informers.For<Pod>().AddHandler(pod => OnPod(null, pod), OnPod, OnPodDeleted);
    }

    private static bool IsNewer(Pod one, Pod other) =>
        ulong.TryParse(one.Metadata.ResourceVersion, out var left) && ulong.TryParse(other.Metadata.ResourceVersion, out var right) && left > right;

    private static bool HasEnded(Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";

    private void OnPod(Pod? old, Pod pod)
    {
        var uid = pod.Metadata.Uid;
        if (pod.Spec.NodeName.Length == 0)
        {
            OnWaiting(pod);
            return;
        }

        _queue.Remove(uid);
        PlacedPod? before;
        lock (_gate)
        {
            _nominations.Remove(uid);
            before = _state.Placed(uid);
            if (HasEnded(pod))
                _state.RemovePod(uid);
            else
                _state.SetPod(pod);
        }

        if (HasEnded(pod))
        {
            if (before is not null)
                _queue.Tell(new ClusterEvent.PodGone(pod));
        }
        else if (old is null || old.Spec.NodeName.Length == 0)
        {
            _queue.Tell(new ClusterEvent.PodPlaced(pod));
        }
        else if (!old.Metadata.Labels.Equals(pod.Metadata.Labels)
            || old.Metadata.DeletionTimestamp is null != pod.Metadata.DeletionTimestamp is null
            || PodDemand.Requests(old) != PodDemand.Requests(pod))
        {
            _queue.Tell(new ClusterEvent.PodChanged(old, pod));
        }
    }

    private void OnWaiting(Pod pod)
    {
        var uid = pod.Metadata.Uid;
        var waits = !HasEnded(pod) && pod.Metadata.DeletionTimestamp is null && pod.Spec.SchedulingGates.IsEmpty;
        var ours = waits && _ours(pod.Spec.SchedulerName);
        lock (_gate)
        {
            // A write from before the binding that comes after it must not bring a placed pod back.
            if (ours && _state.Placed(uid) is { } placed)
            {
                // Unless its node has given it back since.
                if (placed.Reserved || !IsNewer(pod, placed.Pod) || !pod.Metadata.Annotations.ContainsKey(AllocationAnnotations.HandedBack))
                    return;
                _state.RemovePod(uid);
            }

            // Promises of other schedulers on the same cluster are respected too.
            if (waits && pod.Status.NominatedNodeName.Length > 0)
                _nominations.Set(pod, pod.Status.NominatedNodeName);
            else if (!waits)
                _nominations.Remove(uid);
        }

        if (ours)
            _queue.Set(pod);
        else
            _queue.Remove(uid);
    }

    private void OnPodDeleted(Pod pod)
    {
        var uid = pod.Metadata.Uid;
        _queue.Remove(uid);
        PlacedPod? placed;
        lock (_gate)
        {
            _nominations.Remove(uid);
            placed = _state.Placed(uid);
            _state.RemovePod(uid);
        }

        // One that had ended before freed its room then.
        if (placed is not null)
            _queue.Tell(new ClusterEvent.PodGone(pod));
    }

    private void OnNodeAdded(Node node)
    {
        lock (_gate)
            _state.SetNode(node);
        _queue.Tell(new ClusterEvent.NodeAdded(node));
    }

    private void OnNodeUpdated(Node old, Node node)
    {
        lock (_gate)
            _state.SetNode(node);
        // Heartbeats and image lists change nothing that a pod waits for.
        if (old.Spec != node.Spec || !old.Metadata.Labels.Equals(node.Metadata.Labels)
            || !old.Metadata.Annotations.Equals(node.Metadata.Annotations) || !old.Status.Allocatable.Equals(node.Status.Allocatable))
            _queue.Tell(new ClusterEvent.NodeChanged(old, node));
    }

    private void OnNodeDeleted(Node node)
    {
        lock (_gate)
            _state.RemoveNode(node.Metadata.Name);
        _queue.Tell(new ClusterEvent.NodeGone(node));
    }

    private void OnNamespace(string name, ApiMap<string>? labels)
    {
        bool changed;
        lock (_gate)
            changed = _state.SetNamespace(name, labels);
        if (changed)
            _queue.Tell(new ClusterEvent.NamespaceChanged(name));
    }
}

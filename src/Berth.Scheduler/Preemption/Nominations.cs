using Berth.Api.Core.V1;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Preemption;

/// <summary>
/// Rooms promised to waiting pods: those for which others were pushed out, and those whose <c>status.nominatedNodeName</c>
/// says so. A promise is no reservation: a more important pod may take the room.
/// </summary>
/// <remarks>Owned by the scheduler, under the same lock as <see cref="ClusterState"/>.</remarks>
public sealed class Nominations
{
    private readonly Dictionary<string, (Pod Pod, string NodeName)> _byUid = new(StringComparer.Ordinal);

    public int Count => _byUid.Count;

    /// <summary>Null when nothing was promised to the pod.</summary>
    public string? NodeOf(string uid) => _byUid.TryGetValue(uid, out var promise) ? promise.NodeName : null;

    public void Set(Pod pod, string nodeName) => _byUid[pod.Metadata.Uid] = (pod, nodeName);

    public void Remove(string uid) => _byUid.Remove(uid);

    /// <summary>Promises that a pod must respect: to others of the same or a higher priority, on nodes that exist.</summary>
    public IReadOnlyList<(Pod Pod, string NodeName)> Before(Pod pod, ClusterState state)
    {
        if (_byUid.Count == 0)
            return [];
        var priority = pod.Spec.Priority ?? 0;
        return [.. _byUid.Values.Where(p => p.Pod.Metadata.Uid != pod.Metadata.Uid
            && (p.Pod.Spec.Priority ?? 0) >= priority
            && state.Row(p.NodeName) is not null
            && state.Placed(p.Pod.Metadata.Uid) is null)];
    }

    /// <summary>Promises on a node to pods of less than a priority: they have to look again once a more important pod gets the room.</summary>
    public IReadOnlyList<Pod> Below(int priority, string nodeName) =>
        [.. _byUid.Values.Where(p => p.NodeName == nodeName && (p.Pod.Spec.Priority ?? 0) < priority).Select(p => p.Pod)];
}

using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Volumes;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins.Volumes;

/// <summary>A claim with ReadWriteOncePod has one pod at a time.</summary>
public sealed class VolumeRestrictions(VolumeCaches caches) : IFilterPlugin
{
    public string Name => nameof(VolumeRestrictions);

    public bool MayHelp(Pod pod, ClusterEvent change) =>
        change is ClusterEvent.Other or ClusterEvent.PodGone;

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        HashSet<ObjectKey>? exclusive = null;
        foreach (var used in PodClaim.Of(pod.Pod))
        {
            if (caches.Claim(used.Key) is { } claim && claim.Spec.AccessModes.Contains("ReadWriteOncePod"))
                (exclusive ??= []).Add(used.Key);
        }

        if (exclusive is null)
            return;
        var users = state.PlacedPods.Where(p => p.Uid != pod.Pod.Metadata.Uid && PodClaim.Of(p.Pod).Any(c => exclusive.Contains(c.Key))).ToList();
        if (users.Count == 0)
            return;
        foreach (var row in candidates.Remaining)
        {
            // Only where the user is can removing it help, and only when it is the only one.
            var resolvable = users.All(u => u.NodeName == state.Node(row).Metadata.Name);
            candidates.Reject(row, Name, resolvable, "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod");
        }
    }
}

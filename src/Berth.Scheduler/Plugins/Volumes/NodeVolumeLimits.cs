using Berth.Api.Core.V1;
using Berth.Resources.Volumes;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins.Volumes;

/// <summary>No more volumes of a CSI driver on a node than the driver says it can have there.</summary>
public sealed class NodeVolumeLimits(VolumeCaches caches) : IFilterPlugin
{
    public string Name => nameof(NodeVolumeLimits);

    public bool MayHelp(Pod pod, ClusterEvent change) =>
        change is ClusterEvent.Other or ClusterEvent.NodeAdded or ClusterEvent.PodGone;

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        var asked = VolumesOf(pod.Pod).ToHashSet();
        if (asked.Count == 0)
            return;
        foreach (var row in candidates.Remaining)
        {
            var node = state.Node(row).Metadata.Name;
            var drivers = caches.NodeOf(node)?.Spec.Drivers ?? [];
            foreach (var group in asked.GroupBy(v => v.Driver))
            {
                var driver = drivers.FirstOrDefault(d => d.Name == group.Key);
                if (driver is null && caches.Driver(group.Key)?.Spec.PreventPodSchedulingIfMissing == true)
                {
                    candidates.Reject(row, Name, resolvable: true, $"{group.Key} CSI driver is not installed on the node");
                    break;
                }

                if (driver?.Allocatable?.Count is not { } limit)
                    continue;
                var there = state.PodsOn(node).SelectMany(p => VolumesOf(p.Pod)).Where(v => v.Driver == group.Key).ToHashSet();
                there.UnionWith(group);
                if (there.Count <= limit)
                    continue;
                candidates.Reject(row, Name, resolvable: true, "node(s) exceed max volume count");
                break;
            }
        }
    }

    /// <summary>Volumes as drivers count them: one used by two pods counts once; one that is still to be made counts by its claim.</summary>
    private IEnumerable<(string Driver, string Handle)> VolumesOf(Pod pod)
    {
        foreach (var used in PodClaim.Of(pod))
        {
            if (caches.Claim(used.Key) is not { } claim)
                continue;
            if (claim.Spec.VolumeName.Length > 0 && caches.Volume(claim.Spec.VolumeName) is { } volume)
            {
                if (volume.Spec.Csi is { } csi)
                    yield return (csi.Driver, csi.VolumeHandle);
            }
            else if (caches.Class(VolumeMatch.ClassOf(claim)) is { } storage)
            {
                yield return (storage.Provisioner, "claim " + used.Key);
            }
        }
    }
}

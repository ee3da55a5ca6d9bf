using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Volumes;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins.Volumes;

/// <summary>Volumes that carry labels of zone or region are used there only.</summary>
public sealed class VolumeZone(VolumeCaches caches) : IFilterPlugin
{
    private static readonly string[] _labels =
    [
        "topology.kubernetes.io/zone", "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
    ];

    public string Name => nameof(VolumeZone);

    public bool MayHelp(Pod pod, ClusterEvent change) =>
        change is ClusterEvent.Other or ClusterEvent.NodeAdded or ClusterEvent.NodeChanged;

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        List<(string Label, string[] Values)>? wanted = null;
        foreach (var used in PodClaim.Of(pod.Pod))
        {
            if (caches.Claim(used.Key) is not { Spec.VolumeName.Length: > 0 } claim || caches.Volume(claim.Spec.VolumeName) is not { } volume)
                continue;
            foreach (var label in _labels)
            {
                // Several zones are joined by two underscores.
                if (volume.Metadata.Labels.TryGetValue(label, out var zones))
                    (wanted ??= []).Add((label, zones.Split("__", StringSplitOptions.RemoveEmptyEntries)));
            }
        }

        if (wanted is null)
            return;
        foreach (var row in candidates.Remaining)
        {
            var labels = state.Node(row).Metadata.Labels;
            // A cluster whose nodes tell no zones is taken to be in one.
            if (!_labels.Any(labels.ContainsKey))
                continue;
            if (!wanted.TrueForAll(w => Of(labels, w.Label) is { } zone && w.Values.Contains(zone)))
                candidates.Reject(row, Name, resolvable: false, "node(s) had no available volume zone");
        }
    }

    private static string? Of(ApiMap<string> labels, string label) => labels.GetOr(label) ?? labels.GetOr(label switch
    {
        "failure-domain.beta.kubernetes.io/zone" => "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region" => "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone" => "failure-domain.beta.kubernetes.io/zone",
        _ => "failure-domain.beta.kubernetes.io/region",
    });
}

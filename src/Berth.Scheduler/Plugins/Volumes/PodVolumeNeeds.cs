using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Volumes;

namespace Berth.Scheduler.Plugins.Volumes;

/// <summary>A pod's claims, sorted by what is still to be done for them.</summary>
/// <param name="Bound">Volumes of claims that have theirs; null in place of one that does not exist.</param>
/// <param name="Unbound">Claims that wait for the choice of a node.</param>
/// <param name="Problem">Why the pod cannot be placed anywhere, in the words of kube-scheduler; null when it can.</param>
public sealed record PodVolumeNeeds(
    IReadOnlyList<(PersistentVolumeClaim Claim, PersistentVolume? Volume)> Bound, IReadOnlyList<PersistentVolumeClaim> Unbound, string? Problem)
{
    public static PodVolumeNeeds None { get; } = new([], [], null);

    public static PodVolumeNeeds Of(Pod pod, VolumeCaches caches)
    {
        List<(PersistentVolumeClaim, PersistentVolume?)>? bound = null;
        List<PersistentVolumeClaim>? unbound = null;
        var immediate = false;
        foreach (var used in PodClaim.Of(pod))
        {
            if (caches.Claim(used.Key) is not { } claim)
            {
                return Impossible(used.Ephemeral
                    ? $"waiting for ephemeral volume controller to create the persistentvolumeclaim \"{used.Key.Name}\""
                    : $"persistentvolumeclaim \"{used.Key.Name}\" not found");
            }

            if (claim.Status.Phase == "Lost")
                return Impossible($"persistentvolumeclaim \"{claim.Metadata.Name}\" bound to non-existent persistentvolume \"{claim.Spec.VolumeName}\"");
            if (claim.Metadata.DeletionTimestamp is not null)
                return Impossible($"persistentvolumeclaim \"{claim.Metadata.Name}\" is being deleted");
            if (used.Ephemeral && !PodClaim.IsOwnedBy(claim, pod))
                return Impossible($"PVC {claim.Metadata.Namespace}/{claim.Metadata.Name} was not created for pod {pod.Metadata.Namespace}/{pod.Metadata.Name} (pod is not owner)");
            if (VolumeCaches.IsBound(claim))
                (bound ??= []).Add((claim, caches.Volume(claim.Spec.VolumeName)));
            else if (claim.Spec.VolumeName.Length == 0 && caches.Class(VolumeMatch.ClassOf(claim))?.VolumeBindingMode == "WaitForFirstConsumer")
                (unbound ??= []).Add(claim);
            else
                immediate = true;
        }

        if (immediate)
            return Impossible("pod has unbound immediate PersistentVolumeClaims");
        return bound is null && unbound is null ? None : new PodVolumeNeeds(bound ?? [], unbound ?? [], null);
    }

    private static PodVolumeNeeds Impossible(string problem) => new([], [], problem);
}

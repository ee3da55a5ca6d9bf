using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.Pods;

namespace Berth.Controllers.StatefulSets;

/// <summary>
/// Who owns a StatefulSet's claims, so that garbage collection removes them when the policy says so: the set (when it is
/// deleted), the pod (when it is scaled away), or nobody.
/// </summary>
public static class ClaimRetention
{
    /// <param name="condemned">The pod is beyond the set's replicas.</param>
    /// <returns>The claim with the owners that it should have; the same claim when it has them.</returns>
    public static PersistentVolumeClaim Apply(StatefulSet set, Pod pod, bool condemned, PersistentVolumeClaim claim)
    {
        var policy = set.Spec.PersistentVolumeClaimRetentionPolicy;
        var whenScaled = policy?.WhenScaled == "Delete";
        var bySet = policy?.WhenDeleted == "Delete" && !(whenScaled && condemned);
        var byPod = whenScaled && condemned && pod.Metadata.Uid.Length > 0;

        var others = claim.Metadata.OwnerReferences.Where(r => !IsOf(r, set) && !IsOf(r, pod)).ToList();
        // Another controller's claim is left to it: two controllers would be refused by the server.
        if (others.Exists(static r => r.Controller == true))
            return claim;
        if (bySet)
            others.Add(ControllerRefs.Make(set));
        if (byPod)
            others.Add(ControllerRefs.Make(pod));
        var owners = others.ToApiList();
        return owners.Equals(claim.Metadata.OwnerReferences) ? claim : claim with { Metadata = claim.Metadata with { OwnerReferences = owners } };
    }

    /// <summary>The claim is on its way out with an earlier pod of this name: a new pod must wait for a new claim.</summary>
    public static bool IsStale(StatefulSet set, Pod? pod, string podName, PersistentVolumeClaim claim) =>
        set.Spec.PersistentVolumeClaimRetentionPolicy?.WhenScaled == "Delete"
        && claim.Metadata.OwnerReferences.Any(r => r.Kind == "Pod" && r.Name == podName && r.Uid != pod?.Metadata.Uid);

    // By name as well: a reference to an earlier object of the same name says nothing any more.
    private static bool IsOf(OwnerReference reference, IApiObject owner) =>
        reference.Uid == owner.Metadata.Uid || (reference.Kind == owner.KindInfo.Kind && reference.Name == owner.Metadata.Name);
}

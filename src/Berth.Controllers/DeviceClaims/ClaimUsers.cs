using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Informers;
using Berth.Resources.Claims;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Controllers.DeviceClaims;

/// <summary>Indexes between pods and resource claims.</summary>
internal static class ClaimUsers
{
    /// <summary>Pods by the claims that they use, as namespace/name.</summary>
    public const string ByClaim = "resourceClaims";

    /// <summary>Claims by the uid of the pod that they were made for.</summary>
    public const string ByOwner = "owningPod";

    public static void Index(Informer<Pod> pods) => pods.Cache.AddIndex(ByClaim, pod => PodClaims.KeysOf(pod).Select(k => k.ToString()));

    public static void Index(Informer<ResourceClaim> claims) =>
        claims.Cache.AddIndex(ByOwner, claim => claim.Metadata.OwnerReferences.Where(o => o is { Kind: "Pod", Controller: true }).Select(o => o.Uid));
}

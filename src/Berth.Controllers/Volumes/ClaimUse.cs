using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Informers;
using Berth.Resources.Volumes;

namespace Berth.Controllers.Volumes;

/// <summary>Which pods use a claim.</summary>
internal static class ClaimUse
{
    public const string ByClaim = "claim";

    public static void Index(Informer<Pod> pods) => pods.Cache.AddIndex(ByClaim, static p => ClaimsOf(p).Select(c => c.ToString()));

    public static IReadOnlyList<Pod> PodsOf(Informer<Pod> pods, ObjectKey claim) => pods.Cache.ByIndex(ByClaim, claim.ToString());

    public static IEnumerable<ObjectKey> ClaimsOf(Pod pod) => PodClaim.Of(pod).Select(c => c.Key);
}

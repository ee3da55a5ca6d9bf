using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using Berth.Resources.Claims;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Controllers.DeviceClaims;

/// <summary>What becomes of a claim when its users go. Pure.</summary>
/// <remarks>
/// Nobody's claim is deallocated, so that its next user may run elsewhere; the finalizer goes with the allocation. A claim
/// that a template was turned into goes with its pod, even while the ended pod is kept.
/// </remarks>
public static class ClaimRelease
{
    /// <param name="isGone">Whether a user is a pod that will not run any more, or is no more.</param>
    /// <returns>The status to write; the same when nothing has to change.</returns>
    public static ResourceClaimStatus Status(ResourceClaim claim, Func<ResourceClaimConsumerReference, bool> isGone)
    {
        var users = claim.Status.ReservedFor.Where(r => r is not { ApiGroup: "", Resource: "pods" } || !isGone(r)).ToApiList();
        var left = users.Count < claim.Status.ReservedFor.Count;
        // One that was allocated and never reserved stays: whoever allocated it may be about to reserve it.
        if (users.IsEmpty && IsOurs(claim) && (left || claim.Metadata.DeletionTimestamp is not null))
            return claim.Status with { ReservedFor = [], Allocation = null, Devices = [] };
        return left ? claim.Status with { ReservedFor = users } : claim.Status;
    }

    /// <summary>Whether the finalizer protects nothing any more.</summary>
    /// <param name="wasReleased">The last step took the allocation away.</param>
    public static bool MayDropFinalizer(ResourceClaim claim, bool wasReleased) =>
        IsOurs(claim) && claim.Status is { Allocation: null, ReservedFor.IsEmpty: true } && (wasReleased || claim.Metadata.DeletionTimestamp is not null);

    /// <summary>Whether the claim was made for a pod that needs it no more.</summary>
    /// <param name="owner">The pod of that name; null when it is not known, which the garbage collector deals with.</param>
    public static bool MayDelete(ResourceClaim claim, Pod? owner) =>
        claim.Metadata.DeletionTimestamp is null && claim.Status.ReservedFor.IsEmpty && owner is not null
        && claim.Metadata.OwnerReferences.FirstOrDefault(o => o is { Kind: "Pod", Controller: true }) is { } reference
        && (owner.Metadata.Uid != reference.Uid || PodClaims.IsDone(owner));

    private static bool IsOurs(ResourceClaim claim) => claim.Metadata.Finalizers.Contains(PodClaims.Finalizer);
}

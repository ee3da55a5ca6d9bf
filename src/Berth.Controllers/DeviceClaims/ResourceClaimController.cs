using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Resource.V1;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Resources.Claims;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Controllers.DeviceClaims;

/// <summary>Takes pods that are gone off the users of claims, deallocates claims without users, and deletes those that were made for a pod.</summary>
public sealed class ResourceClaimController : Controller
{
    private readonly Informer<Pod> _pods;
    private readonly Informer<ResourceClaim> _claims;

    public ResourceClaimController(ControllerContext context)
        : base(context, "resource-claim-controller", workers: 4)
    {
        _pods = context.Informers.For<Pod>();
        _claims = context.Informers.For<ResourceClaim>();
        ClaimUsers.Index(_pods);
        ClaimUsers.Index(_claims);
        _claims.AddHandler(Enqueue, (_, claim) => Enqueue(claim));
        _pods.AddHandler(updated: (_, pod) => Wake(pod), deleted: WakeAll);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_claims.Cache.Get(key) is not { } claim)
            return;
        var gone = new HashSet<string>(StringComparer.Ordinal);
        foreach (var user in claim.Status.ReservedFor)
        {
            if (await IsGoneAsync(key.Namespace, user, ct).ConfigureAwait(false))
                gone.Add(user.Uid);
        }

        var status = ClaimRelease.Status(claim, u => gone.Contains(u.Uid));
        var released = !ReferenceEquals(status, claim.Status) && status != claim.Status;
        if (released)
            claim = await Client.UpdateStatusAsync(claim with { Status = status }, ct: ct).ConfigureAwait(false);
        if (ClaimRelease.MayDropFinalizer(claim, released))
            claim = await DropFinalizerAsync(claim, ct).ConfigureAwait(false);
        var owner = claim.Metadata.OwnerReferences.FirstOrDefault(o => o is { Kind: "Pod", Controller: true });
        if (owner is null || !ClaimRelease.MayDelete(claim, _pods.Cache.Get(key.Namespace, owner.Name)))
            return;
        try
        {
            await Client.DeleteAsync<ResourceClaim>(key.Namespace, key.Name, new DeleteOptions { Preconditions = new() { Uid = claim.Metadata.Uid } }, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // The garbage collector was quicker.
        }
    }

    private async Task<ResourceClaim> DropFinalizerAsync(ResourceClaim claim, CancellationToken ct)
    {
        var kept = claim.Metadata.Finalizers.Where(f => f != PodClaims.Finalizer).ToApiList();
        try
        {
            return await Client.UpdateAsync(claim with { Metadata = claim.Metadata with { Finalizers = kept } }, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return claim;
        }
    }

    private async Task<bool> IsGoneAsync(string ns, ResourceClaimConsumerReference user, CancellationToken ct)
    {
        if (user is not { ApiGroup: "", Resource: "pods" })
            return false;
        if (_pods.Cache.Get(ns, user.Name) is { } seen)
            return seen.Metadata.Uid != user.Uid || PodClaims.IsDone(seen);
        try
        {
            // The cache may not have the pod yet for which the scheduler has just reserved the claim.
            var pod = await Client.GetAsync<Pod>(ns, user.Name, ct: ct).ConfigureAwait(false);
            return pod.Metadata.Uid != user.Uid || PodClaims.IsDone(pod);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return true;
        }
    }

    private void Wake(Pod pod)
    {
        if (PodClaims.IsDone(pod))
            WakeAll(pod);
    }

    private void WakeAll(Pod pod)
    {
        foreach (var key in PodClaims.KeysOf(pod))
            Queue.Add(key);
        foreach (var claim in _claims.Cache.ByIndex(ClaimUsers.ByOwner, pod.Metadata.Uid))
            Enqueue(claim);
    }
}

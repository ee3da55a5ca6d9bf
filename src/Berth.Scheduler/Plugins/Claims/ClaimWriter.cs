using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Resource.V1;
using Berth.Client;
using Berth.Resources.Claims;
using Berth.Scheduler.Cycle;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Scheduler.Plugins.Claims;

/// <summary>Writes what a pod's place gives its claims: allocation and reservation, and takes both back.</summary>
internal sealed class ClaimWriter(ClaimBook book, IClusterClient client, TimeProvider time)
{
    private const int TriesMax = 5;

    /// <summary>Adds the finalizer, the allocation (null: the claim has one) and the pod's reservation.</summary>
    /// <exception cref="PreBindException">Somebody else was quicker.</exception>
    public async Task<ResourceClaim> BindAsync(ObjectKey key, string uid, Pod pod, AllocationResult? allocation, CancellationToken ct)
    {
        var claim = book.Claim(key);
        for (var tries = 1; ; tries++)
        {
            if (claim is null || claim.Metadata.Uid != uid || claim.Metadata.DeletionTimestamp is not null)
                throw new PreBindException($"claim {key} got deleted in the meantime");
            if (allocation is not null && claim.Status.Allocation is not null)
                throw new PreBindException($"claim {key} got allocated elsewhere in the meantime");
            if (allocation is null && claim.Status.Allocation is null)
                throw new PreBindException($"claim {key} got deallocated elsewhere in the meantime");
            try
            {
                if (allocation is not null && !claim.Metadata.Finalizers.Contains(PodClaims.Finalizer))
                {
                    var kept = claim.Metadata with { Finalizers = claim.Metadata.Finalizers.Add(PodClaims.Finalizer) };
                    claim = await client.UpdateAsync(claim with { Metadata = kept }, ct: ct).ConfigureAwait(false);
                }

                var status = claim.Status with { Allocation = allocation is null ? claim.Status.Allocation : Stamped(allocation) };
                if (!PodClaims.IsReservedFor(claim, pod))
                    status = status with { ReservedFor = status.ReservedFor.Add(PodClaims.UserOf(pod)) };
                var written = await client.UpdateStatusAsync(claim with { Status = status }, ct: ct).ConfigureAwait(false);
                book.Wrote(written);
                return written;
            }
            catch (ApiException e) when (e.IsConflict && tries < TriesMax)
            {
                claim = await client.GetAsync<ResourceClaim>(key.Namespace, key.Name, ct: ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Makes the claim for a pod's extended resources, and tells the pod's node of it through the pod's status.</summary>
    public async Task<ResourceClaim> CreateExtendedAsync(Pod pod, ResourceClaim claim, ApiList<ContainerExtendedResourceRequest> mappings, CancellationToken ct)
    {
        var made = await client.CreateAsync(claim with { Metadata = claim.Metadata with { Uid = "" } }, ct: ct).ConfigureAwait(false);
        book.Wrote(made);
        var list = new JsonArray();
        foreach (var mapping in mappings)
            list.Add((JsonNode)new JsonObject { ["containerName"] = mapping.ContainerName, ["resourceName"] = mapping.ResourceName, ["requestName"] = mapping.RequestName });
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid },
            ["status"] = new JsonObject { ["extendedResourceClaimStatus"] = new JsonObject { ["resourceClaimName"] = made.Metadata.Name, ["requestMappings"] = list } },
        };
        await client.PatchAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, Patch.Merge(patch.ToJsonString()), "status", ct: ct).ConfigureAwait(false);
        return made;
    }

    /// <summary>Takes the pod's reservation out, and the allocation too once nobody else has reserved the claim.</summary>
    /// <returns>Whether devices became free.</returns>
    public async Task<bool> ReleaseAsync(ObjectKey key, Pod pod, CancellationToken ct)
    {
        var claim = await client.GetAsync<ResourceClaim>(key.Namespace, key.Name, ct: ct).ConfigureAwait(false);
        var others = claim.Status.ReservedFor.Where(r => r.Uid != pod.Metadata.Uid).ToApiList();
        if (claim.Status.Allocation is null || !others.IsEmpty)
            return false;
        var status = claim.Status with { ReservedFor = [], Allocation = null, Devices = [] };
        var freed = await client.UpdateStatusAsync(claim with { Status = status }, ct: ct).ConfigureAwait(false);
        book.Wrote(freed);
        // One for extended resources was made for that very place.
        if (ExtendedResourceClaims.IsFor(claim, pod))
            await client.DeleteAsync<ResourceClaim>(key.Namespace, key.Name, new DeleteOptions { Preconditions = new() { Uid = claim.Metadata.Uid } }, ct).ConfigureAwait(false);
        return true;
    }

    // The driver's patience with its binding conditions counts from here.
    private AllocationResult Stamped(AllocationResult allocation) =>
        allocation.Devices.Results.Any(r => !r.BindingConditions.IsEmpty) ? allocation with { AllocationTimestamp = time.GetUtcNow() } : allocation;
}

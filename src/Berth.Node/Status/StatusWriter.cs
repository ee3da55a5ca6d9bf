using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;

namespace Berth.Node.Status;

/// <summary>
/// Writes one pod's status. Owned by the pod's worker, which waits for each write: so writes of one pod never overtake
/// each other. Conditions that others own are taken from the newest version of the pod when a write meets a conflict.
/// </summary>
/// <param name="statics">Pods that the API has a mirror of only; null where there are none.</param>
public sealed class StatusWriter(IClusterClient client, StaticPods.StaticPods? statics = null)
{
    private const int ConflictsMax = 10;

    /// <summary>The pod as the server has it now, or null where it is gone (or another took its name).</summary>
    /// <exception cref="ApiException">Any other refusal.</exception>
    public async Task<Pod?> WriteAsync(Pod pod, PodStatus status, CancellationToken ct)
    {
        if (statics?.Owns(pod.Metadata.Uid) == true)
            return statics.Wrote(pod, status);
        var basis = pod;
        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                return await client.UpdateStatusAsync(basis with { Status = status }, null, ct);
            }
            catch (ApiException error) when (error.IsNotFound)
            {
                return null;
            }
            catch (ApiException error) when (error.IsConflict && conflicts < ConflictsMax)
            {
                Pod fresh;
                try
                {
                    fresh = await client.GetAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, null, ct);
                }
                catch (ApiException gone) when (gone.IsNotFound)
                {
                    return null;
                }

                if (fresh.Metadata.Uid != pod.Metadata.Uid) return null;
                var ours = status.Conditions.Select(c => c.Type).ToHashSet(StringComparer.Ordinal);
                var gates = fresh.Spec.ReadinessGates.Select(g => g.ConditionType).ToHashSet(StringComparer.Ordinal);
                status = status with
                {
                    Conditions =
                    [
                        .. status.Conditions.Where(c => !gates.Contains(c.Type)),
                        .. fresh.Status.Conditions.Where(c => gates.Contains(c.Type) || (!ours.Contains(c.Type) && !PodConditions.IsOwn(c.Type))),
                    ],
                    ResourceClaimStatuses = fresh.Status.ResourceClaimStatuses,
                    ExtendedResourceClaimStatus = fresh.Status.ExtendedResourceClaimStatus,
                    NominatedNodeName = fresh.Status.NominatedNodeName,
                };
                basis = fresh;
            }
        }
    }

    /// <summary>The pod has ended here: its object may go.</summary>
    public async Task DeleteAsync(Pod pod, CancellationToken ct)
    {
        if (statics?.Owns(pod.Metadata.Uid) == true)
            return;
        try
        {
            await client.DeleteAsync<Pod>(
                pod.Metadata.Namespace,
                pod.Metadata.Name,
                new DeleteOptions { GracePeriodSeconds = 0, Preconditions = new Preconditions { Uid = pod.Metadata.Uid } },
                ct);
        }
        catch (ApiException error) when (error.IsNotFound || error.IsConflict)
        {
            // Gone, or its name belongs to a newer pod.
        }
    }
}

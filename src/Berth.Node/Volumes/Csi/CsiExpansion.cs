using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Node.Cri;
using Berth.Node.Volumes.Csi.V1;
using Berth.Resources.Volumes;

namespace Berth.Node.Volumes.Csi;

/// <summary>
/// The node's part of a larger claim: once the controller part has made the volume larger, the driver has its file system
/// follow, and the claim says so. The states in between are those of Kubernetes' recovery from failed expansions.
/// </summary>
public sealed class CsiExpansion(IClusterClient client, EventRecorder events, TimeProvider time)
{
    private const string Storage = "storage";
    private const int ConflictsMax = 5;
    private const string Infeasible = "NodeResizeInfeasible";
    private static readonly string[] _conditions = ["Resizing", "FileSystemResizePending", "ControllerResizeError", "NodeResizeError"];

    /// <summary>Nothing when the claim already has all that the volume has.</summary>
    public async Task ExpandAsync(Pod pod, CsiDriver driver, PersistentVolume volume, PersistentVolumeClaim claim, CsiRecord record, VolumeCapability capability, CancellationToken ct)
    {
        var size = VolumeMatch.Capacity(volume);
        if (claim.Status.Phase != "Bound" || size <= claim.Status.Capacity.GetOr(Storage) || claim.Status.AllocatedResourceStatuses.GetOr(Storage) == Infeasible)
            return;
        // Without a controller's word that the node is next, a larger volume is only larger than what was asked for.
        if (claim.Status.AllocatedResourceStatuses.GetOr(Storage) is null && claim.Status.Conditions.All(c => c.Type != "FileSystemResizePending"))
            return;
        try
        {
            if (driver.Expands)
            {
                await StatusAsync(claim, c => c with { AllocatedResourceStatuses = c.AllocatedResourceStatuses.With(Storage, "NodeResizeInProgress") }, ct);
                await driver.Client.NodeExpandVolumeAsync(
                    new NodeExpandVolumeRequest
                    {
                        VolumeId = record.Handle,
                        VolumePath = record.Target,
                        StagingTargetPath = record.Staging,
                        CapacityRange = new CapacityRange { RequiredBytes = size.Value },
                        VolumeCapability = capability,
                    },
                    ct);
            }

            await StatusAsync(
                claim,
                c => c with
                {
                    Capacity = c.Capacity.With(Storage, size),
                    AllocatedResourceStatuses = c.AllocatedResourceStatuses.Without(Storage),
                    Conditions = c.Conditions.Where(x => !_conditions.Contains(x.Type)).ToApiList(),
                },
                ct);
            events.Event(pod, "Normal", "FileSystemResizeSuccessful", $"MountVolume.NodeExpandVolume succeeded for volume \"{volume.Metadata.Name}\"");
            events.Event(claim, "Normal", "FileSystemResizeSuccessful", $"MountVolume.NodeExpandVolume succeeded for volume \"{volume.Metadata.Name}\"");
        }
        catch (GrpcException error)
        {
            var hopeless = error.Code is GrpcStatusCode.InvalidArgument or GrpcStatusCode.OutOfRange or GrpcStatusCode.NotFound;
            var message = $"MountVolume.NodeExpandVolume failed for volume \"{volume.Metadata.Name}\": {error.Detail}";
            events.Event(pod, "Warning", "FileSystemResizeFailed", message);
            events.Event(claim, "Warning", "FileSystemResizeFailed", message);
            await StatusAsync(
                claim,
                c => c with
                {
                    AllocatedResourceStatuses = c.AllocatedResourceStatuses.With(Storage, hopeless ? Infeasible : "NodeResizePending"),
                    Conditions =
                    [
                        .. c.Conditions.Where(x => x.Type != "NodeResizeError"),
                        new PersistentVolumeClaimCondition { Type = "NodeResizeError", Status = "True", LastTransitionTime = time.GetUtcNow(), Message = error.Detail },
                    ],
                },
                ct);
        }
    }

    private async Task StatusAsync(PersistentVolumeClaim claim, Func<PersistentVolumeClaimStatus, PersistentVolumeClaimStatus> change, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var fresh = await client.GetAsync<PersistentVolumeClaim>(claim.Metadata.Namespace, claim.Metadata.Name, null, ct);
            var status = change(fresh.Status);
            try
            {
                if (status != fresh.Status)
                    await client.UpdateStatusAsync(fresh with { Status = status }, null, ct);
                return;
            }
            catch (ApiException error) when (error.IsConflict && attempt < ConflictsMax)
            {
                // The driver's resizer wrote in between: again from what is there now.
            }
        }
    }
}

using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Linux.Files;
using Berth.Node.Volumes.Csi;
using Berth.Node.Volumes.Local;
using Berth.Resources.Volumes;

namespace Berth.Node.Volumes;

/// <summary>Volumes of claims: finds the claim's PersistentVolume and has it made ready by whoever can.</summary>
public sealed class ClaimVolumes(LocalVolumes localVolumes, CsiVolumes csi, ClaimUsage usage, IClusterClient client, string nodeName)
{
    /// <exception cref="InvalidDataException">It cannot be had (yet).</exception>
    public async Task<(MountedVolume Volume, DateTimeOffset? RefreshAt)> EnsureAsync(Pod pod, Volume volume, CancellationToken ct)
    {
        var used = PodClaim.Of(pod).First(c => c.Volume == volume.Name);
        var (claim, disk) = await FindAsync(pod, used, ct);
        if (disk.Spec.Csi is not null)
        {
            var result = await csi.EnsureAsync(pod, disk, claim, used.ReadOnly, ct);
            var brought = new MountedVolume(volume.Name, result.Path, used.ReadOnly || disk.Spec.Csi.ReadOnly, Block: result.Block);
            usage.Add(pod.Metadata.Uid, used.Key, brought, disk.Metadata.Name);
            return (brought, result.RefreshAt);
        }

        var readOnly = used.ReadOnly || disk.Spec.AccessModes is ["ReadOnlyMany"];
        var block = disk.Spec.VolumeMode == "Block";
        var mounted = new MountedVolume(volume.Name, await PathOfAsync(pod, disk, block, ct), readOnly, Block: block);
        usage.Add(pod.Metadata.Uid, used.Key, mounted, null);
        return (mounted, null);
    }

    /// <summary>The claim with its volume, held to what a pod of this node may use.</summary>
    public async Task<(PersistentVolumeClaim Claim, PersistentVolume Volume)> FindAsync(Pod pod, PodClaim used, CancellationToken ct)
    {
        var (ns, name) = (used.Key.Namespace, used.Key.Name);
        var claim = await client.GetAsync<PersistentVolumeClaim>(ns, name, null, ct);
        if (used.Ephemeral && !PodClaim.IsOwnedBy(claim, pod))
            throw new InvalidDataException($"PVC {ns}/{name} was not created for pod {ns}/{pod.Metadata.Name} (pod is not owner)");
        if (claim.Spec.VolumeName.Length == 0 || claim.Status.Phase != "Bound")
            throw new InvalidDataException($"PVC {ns}/{name} is not bound");
        if (claim.Metadata.DeletionTimestamp is not null && pod.Status.ContainerStatuses.IsEmpty)
            throw new InvalidDataException($"PVC {ns}/{name} is being deleted");
        var volume = await client.GetAsync<PersistentVolume>(null, claim.Spec.VolumeName, null, ct);
        return volume.Spec.ClaimRef?.Uid == claim.Metadata.Uid
            ? (claim, volume)
            : throw new InvalidDataException($"PersistentVolume {volume.Metadata.Name} is bound to another claim than {ns}/{name}");
    }

    private async Task<string> PathOfAsync(Pod pod, PersistentVolume disk, bool block, CancellationToken ct)
    {
        if (disk.Spec.HostPath is { } host)
        {
            if (block) throw new InvalidDataException($"hostPath PersistentVolume {disk.Metadata.Name} cannot have volumeMode Block: use a local one");
            HostPathCheck.Ensure(host);
            // The host's own directories keep their owners.
            return host.Path;
        }

        if (disk.Spec.Local is not { } local)
            throw new InvalidDataException(InTreeVolumes.Advice(disk.Spec) ?? $"node {nodeName} has no support for the type of PersistentVolume {disk.Metadata.Name}");
        var path = LocalStorage.Made(disk) ? localVolumes.Ensure(disk) : local.Path;
        var status = FileStatus.Of(path) ?? throw new InvalidDataException($"path \"{path}\" does not exist");
        if (block)
            return status.IsBlockDevice ? path : throw new InvalidDataException($"path \"{path}\" of block volume {disk.Metadata.Name} is not a block device");
        if (status.IsBlockDevice)
            path = await localVolumes.MountDeviceAsync(disk, path, ct);
        if (pod.Spec.SecurityContext is { FsGroup: { } group } context)
            VolumeOwnership.Apply(path, group, context.FsGroupChangePolicy == "OnRootMismatch");
        return path;
    }
}

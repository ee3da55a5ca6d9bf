using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Linux.Files;
using Berth.Linux.Mounts;
using Berth.Node.PodSync;
using Berth.Node.Volumes.Local;
using Berth.Resources.Volumes;

namespace Berth.Node.Volumes;

/// <summary>
/// Makes a pod's volumes ready and takes them away. Every call can be repeated, by another process too: what is there is
/// recognised by its directory and the mount table, not by memory.
/// </summary>
public sealed class PodVolumes(PodDirectories directories, PayloadSource payloads, LocalVolumes localVolumes, IClusterClient client, TimeProvider time, string nodeName)
{
    /// <summary>Volumes by name, and when content must be made again.</summary>
    public sealed record Result(IReadOnlyDictionary<string, MountedVolume> Volumes, DateTimeOffset? RefreshAt);

    /// <summary>True when nothing of the pod's volumes has to come from elsewhere, but its own token and the cluster's certificate.</summary>
    public static bool AreMadeAtOnce(Pod pod) => pod.Spec.Volumes.All(v => v switch
    {
        { EmptyDir: not null } or { DownwardAPI: not null } => true,
        { Projected: { } projected } => projected.Sources.All(s => s.Secret is null && s.ClusterTrustBundle is null && s.PodCertificate is null && s.ConfigMap is null or { Name: RootCertificate }),
        _ => false,
    });

    /// <summary>True when a file shows an address of the pod.</summary>
    public static bool ShowAddress(Pod pod) => pod.Spec.Volumes
        .SelectMany(v => (v.DownwardAPI?.Items ?? []).Concat(v.Projected?.Sources.SelectMany(s => s.DownwardAPI?.Items ?? []) ?? []))
        .Any(i => i.FieldRef?.FieldPath is "status.podIP" or "status.podIPs");

    private const string RootCertificate = "kube-root-ca.crt";

    /// <exception cref="VolumeException">One is not ready yet.</exception>
    public async Task<Result> EnsureAsync(Pod pod, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var volumes = new Dictionary<string, MountedVolume>(StringComparer.Ordinal);
        DateTimeOffset? refresh = null;
        foreach (var volume in pod.Spec.Volumes)
        {
            try
            {
                var (mounted, at) = await EnsureAsync(pod, volume, podIps, ct);
                volumes[volume.Name] = mounted;
                if (at is { } next && (refresh is null || next < refresh)) refresh = next;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or ApiException or HttpRequestException)
            {
                throw new VolumeException(volume.Name, error.Message, error);
            }
        }

        return new Result(volumes, refresh);
    }

    /// <summary>Makes the content of ConfigMap, Secret, downward and projected volumes again, in place.</summary>
    public async Task<DateTimeOffset?> RefreshAsync(Pod pod, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        DateTimeOffset? refresh = null;
        foreach (var volume in pod.Spec.Volumes.Where(PayloadSource.Makes))
        {
            if (!Directory.Exists(PathOf(pod, volume))) continue;
            var payload = await payloads.MakeAsync(pod, volume, podIps, ct);
            AtomicFiles.Write(PathOf(pod, volume), payload, pod.Spec.SecurityContext?.FsGroup, time);
            if (payload.RefreshAt is { } next && (refresh is null || next < refresh)) refresh = next;
        }

        return refresh;
    }

    /// <summary>Unmounts and deletes all that a pod had on this node, but its logs. The host's own directories are only unmounted.</summary>
    public void Remove(string podUid)
    {
        payloads.Release(podUid);
        var root = directories.Of(podUid);
        if (!Directory.Exists(root)) return;
        Mount.UnmountAllUnder(root);
        Directory.Delete(root, recursive: true);
    }

    /// <summary>Where a container's mount comes from on the host.</summary>
    /// <param name="index">Of the mount in the container.</param>
    /// <param name="subPath">Expanded; empty for the whole volume.</param>
    /// <exception cref="ContainerConfigException">The sub path leads out of the volume.</exception>
    public string SourceOf(Pod pod, string container, int index, MountedVolume volume, string subPath)
    {
        if (subPath.Length == 0) return volume.HostPath;
        if (subPath.StartsWith('/') || subPath.Split('/').Contains(".."))
            throw ContainerConfigException.Config($"failed to prepare subPath for volumeMount \"{volume.Name}\" of container \"{container}\"");
        var target = Path.Combine(directories.SubPathsOf(pod.Metadata.Uid), volume.Name, container, index.ToString(System.Globalization.CultureInfo.InvariantCulture));
        try
        {
            using var opened = BeneathDirectory.Open(volume.HostPath, subPath, create: !Exists(Path.Combine(volume.HostPath, subPath)) && !volume.ReadOnly);
            var source = $"/proc/self/fd/{opened.DangerousGetHandle()}";
            if (MountTable.IsMountPoint(target)) Mount.Unmount(target, detach: true);
            if (Directory.Exists(source))
            {
                Directory.CreateDirectory(target);
            }
            else
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Create(target).Dispose();
            }

            // The descriptor is what was checked: a link swapped in afterwards does not change what is shown.
            Mount.Bind(source, target, recursive: true);
            return target;
        }
        catch (IOException error)
        {
            throw ContainerConfigException.Config($"failed to prepare subPath for volumeMount \"{volume.Name}\" of container \"{container}\": {error.Message}", error);
        }
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private string PathOf(Pod pod, Volume volume)
    {
        var plugin = volume switch
        {
            { ConfigMap: not null } => "configmap",
            { Secret: not null } => "secret",
            { DownwardAPI: not null } => "downward-api",
            { Projected: not null } => "projected",
            _ => "empty-dir",
        };
        return Path.Combine(directories.VolumesOf(pod.Metadata.Uid), "kubernetes.io~" + plugin, volume.Name);
    }

    private async Task<(MountedVolume, DateTimeOffset?)> EnsureAsync(Pod pod, Volume volume, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var fsGroup = pod.Spec.SecurityContext?.FsGroup;
        if (PayloadSource.Makes(volume))
        {
            var path = PathOf(pod, volume);
            var payload = await payloads.MakeAsync(pod, volume, podIps, ct);
            // Secrets stay in memory: they must not reach a disk.
            if (volume.ConfigMap is null) EnsureTmpfs(path, null);
            AtomicFiles.Write(path, payload, fsGroup, time);
            return (new MountedVolume(volume.Name, path, ReadOnly: true), payload.RefreshAt);
        }

        if (volume.EmptyDir is { } empty)
        {
            var path = PathOf(pod, volume);
            var fresh = !Directory.Exists(path);
            if (empty.Medium == "Memory") EnsureTmpfs(path, empty.SizeLimit?.Value ?? MemoryLimit(pod));
            else if (empty.Medium is "" or "HugePages" || empty.Medium.StartsWith("HugePages-", StringComparison.Ordinal)) EnsureEmpty(path, empty.Medium);
            else throw new InvalidDataException($"unknown storage medium \"{empty.Medium}\"");
            if (fresh)
            {
                File.SetUnixFileMode(path, (UnixFileMode)0x1ff);
                if (fsGroup is { } group) VolumeOwnership.Apply(path, group, onRootMismatch: false);
            }

            return (new MountedVolume(volume.Name, path, ReadOnly: false), null);
        }

        if (volume.HostPath is { } host)
        {
            HostPathCheck.Ensure(host);
            return (new MountedVolume(volume.Name, host.Path, ReadOnly: false), null);
        }

        if (volume.Image is { } image) return (new MountedVolume(volume.Name, "", ReadOnly: true, image.Reference), null);
        if (volume.PersistentVolumeClaim is { } claim) return (await ClaimAsync(pod, volume, claim.ClaimName, claim.ReadOnly, ct), null);
        if (volume.Ephemeral is not null) return (await ClaimAsync(pod, volume, $"{pod.Metadata.Name}-{volume.Name}", false, ct), null);
        throw new InvalidDataException("this node has no support for the volume's type");
    }

    private static void EnsureEmpty(string path, string medium)
    {
        Directory.CreateDirectory(path);
        if (medium.Length == 0 || MountTable.IsMountPoint(path)) return;
        var size = medium == "HugePages" ? "" : ",pagesize=" + LinuxResources.PageSize(Quantity.Parse(medium["HugePages-".Length..])).TrimEnd('B');
        Mount.FileSystem("hugetlbfs", "nodev", path, "mode=0777" + size);
    }

    private static void EnsureTmpfs(string path, long? sizeBytes)
    {
        Directory.CreateDirectory(path);
        if (!MountTable.IsMountPoint(path)) Mount.Tmpfs(path, sizeBytes);
    }

    /// <summary>A memory volume counts against the containers' memory: it can never be larger than what they may have.</summary>
    private static long? MemoryLimit(Pod pod) =>
        PodResources.AllLimit(pod, "memory") && PodResources.Limits(pod).GetOr("memory").Value is > 0 and var limit ? limit : null;

    private async Task<MountedVolume> ClaimAsync(Pod pod, Volume volume, string claimName, bool readOnly, CancellationToken ct)
    {
        var ns = pod.Metadata.Namespace;
        var claim = await client.GetAsync<PersistentVolumeClaim>(ns, claimName, null, ct);
        if (claim.Spec.VolumeName.Length == 0 || claim.Status.Phase != "Bound")
            throw new InvalidDataException($"PVC {ns}/{claimName} is not bound");
        if (claim.Metadata.DeletionTimestamp is not null && pod.Status.ContainerStatuses.IsEmpty)
            throw new InvalidDataException($"PVC {ns}/{claimName} is being deleted");
        var disk = await client.GetAsync<PersistentVolume>(null, claim.Spec.VolumeName, null, ct);
        var spec = disk.Spec;
        if (spec.VolumeMode == "Block") throw new InvalidDataException("this node has no support for block volumes");
        string path;
        if (spec.Local is { } local)
        {
            path = LocalStorage.Made(disk) ? localVolumes.Ensure(disk) : local.Path;
            if (!Directory.Exists(path)) throw new InvalidDataException($"path \"{path}\" does not exist");
        }
        else if (spec.HostPath is { } host)
        {
            HostPathCheck.Ensure(host);
            path = host.Path;
        }
        else
        {
            throw new InvalidDataException($"node {nodeName} has no support for the type of PersistentVolume {disk.Metadata.Name}");
        }

        // hostPath volumes are the host's, and keep its owners; local ones are the pod's.
        if (spec.Local is not null && pod.Spec.SecurityContext is { FsGroup: { } group } context)
            VolumeOwnership.Apply(path, group, context.FsGroupChangePolicy == "OnRootMismatch");
        return new MountedVolume(volume.Name, path, readOnly || spec.AccessModes is ["ReadOnlyMany"]);
    }
}

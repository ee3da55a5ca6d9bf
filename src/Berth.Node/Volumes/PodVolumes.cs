using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Linux.Files;
using Berth.Linux.Mounts;
using Berth.Node.PodSync;
using Berth.Node.Volumes.Csi;

namespace Berth.Node.Volumes;

/// <summary>
/// Makes a pod's volumes ready and takes them away. Every call can be repeated, by another process too: what is there is
/// recognised by its directory and the mount table, not by memory.
/// </summary>
public sealed class PodVolumes(PodDirectories directories, PayloadSource payloads, ClaimVolumes claims, ClaimUsage usage, CsiVolumes csi, TimeProvider time)
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
                CheckMode(pod, mounted);
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

    /// <summary>Makes the content of ConfigMap, Secret, downward and projected volumes again, in place, and that of CSI volumes whose driver asks for it.</summary>
    public async Task<DateTimeOffset?> RefreshAsync(Pod pod, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        DateTimeOffset? refresh = null;
        foreach (var volume in pod.Spec.Volumes)
        {
            if (!PayloadSource.Makes(volume))
            {
                if (volume.Csi is not null || volume.PersistentVolumeClaim is not null || volume.Ephemeral is not null)
                {
                    var (_, at) = await EnsureAsync(pod, volume, podIps, ct);
                    if (at is { } again && (refresh is null || again < refresh)) refresh = again;
                }

                continue;
            }

            if (!Directory.Exists(PathOf(pod, volume))) continue;
            var payload = await payloads.MakeAsync(pod, volume, podIps, ct);
            AtomicFiles.Write(PathOf(pod, volume), payload, pod.Spec.SecurityContext?.FsGroup, time);
            if (payload.RefreshAt is { } next && (refresh is null || next < refresh)) refresh = next;
        }

        return refresh;
    }

    /// <summary>Unmounts and deletes all that a pod had on this node, but its logs. The host's own directories are only unmounted.</summary>
    /// <exception cref="IOException">A CSI driver did not take a volume back: to be tried again.</exception>
    public async Task RemoveAsync(string podUid, CancellationToken ct)
    {
        payloads.Release(podUid);
        usage.Remove(podUid);
        var root = directories.Of(podUid);
        if (!Directory.Exists(root)) return;
        // Drivers unmount what they mounted; what shows parts of it goes first.
        Mount.UnmountAllUnder(directories.SubPathsOf(podUid));
        await csi.RemoveAsync(podUid, ct);
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
            using var opened = BeneathDirectory.Open(volume.HostPath, subPath, create: Exists(Path.Combine(volume.HostPath, subPath)) || volume.ReadOnly ? null : File.GetUnixFileMode(volume.HostPath));
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
        if (volume.PersistentVolumeClaim is not null || volume.Ephemeral is not null) return await claims.EnsureAsync(pod, volume, ct);
        if (volume.Csi is { } inline)
        {
            var result = await csi.EnsureInlineAsync(pod, volume, inline, ct);
            return (new MountedVolume(volume.Name, result.Path, inline.ReadOnly == true), result.RefreshAt);
        }

        throw new InvalidDataException(InTreeVolumes.Advice(volume) ?? "this node has no support for the volume's type");
    }

    /// <summary>Containers mount file systems and are given devices, not the other way round.</summary>
    private static void CheckMode(Pod pod, MountedVolume volume)
    {
        foreach (var container in pod.Spec.Containers.Concat(pod.Spec.InitContainers))
        {
            if (volume.Block && container.VolumeMounts.Any(m => m.Name == volume.Name))
                throw new InvalidDataException($"volume {volume.Name} has volumeMode Block, but is specified in volumeMounts");
            if (!volume.Block && container.VolumeDevices.Any(d => d.Name == volume.Name))
                throw new InvalidDataException($"volume {volume.Name} has volumeMode Filesystem, but is specified in volumeDevices");
        }
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
}

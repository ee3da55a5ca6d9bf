using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.PodSync;
using Berth.Node.Volumes;

namespace Berth.Node.Lifecycle.Eviction;

/// <summary>What a pod has on the node's disk: written layers, logs, disk-backed emptyDirs.</summary>
public sealed class LocalStorage(PodDirectories directories)
{
    /// <param name="Containers">Written layer and logs, by container name.</param>
    /// <param name="Volumes">Disk-backed emptyDirs, by volume name.</param>
    public sealed record Usage(IReadOnlyDictionary<string, long> Containers, IReadOnlyDictionary<string, long> Volumes, long Inodes)
    {
        public long Total => Containers.Values.Sum() + Volumes.Values.Sum();
    }

    /// <param name="layers">Written bytes and inodes of each running container, by id.</param>
    public Usage Of(Pod pod, ObservedPod observed, IReadOnlyDictionary<string, (long Bytes, long Inodes)> layers)
    {
        var containers = new Dictionary<string, long>(StringComparer.Ordinal);
        long inodes = 0;
        foreach (var running in observed.Running)
        {
            var (bytes, count) = layers.GetValueOrDefault(running.Id);
            var logs = Path.Combine(directories.LogsOf(pod), running.Name);
            containers[running.Name] = bytes + (Directory.Exists(logs) ? DirectorySize.Of(logs) : 0);
            inodes += count;
        }

        var volumes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var volume in pod.Spec.Volumes.Where(v => v.EmptyDir is { Medium: "" }))
        {
            var path = Path.Combine(directories.VolumesOf(pod.Metadata.Uid), "kubernetes.io~empty-dir", volume.Name);
            if (!Directory.Exists(path)) continue;
            volumes[volume.Name] = DirectorySize.Of(path);
            inodes += Directory.EnumerateFileSystemEntries(path, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint }).LongCount();
        }

        return new Usage(containers, volumes, inodes);
    }

    /// <summary>Whether something has to be measured at all.</summary>
    public static bool IsLimited(Pod pod) =>
        pod.Spec.Volumes.Any(v => v.EmptyDir is { Medium: "", SizeLimit: { IsZero: false } }) || pod.Spec.Containers.Any(c => c.Resources.Limits.ContainsKey("ephemeral-storage"));

    /// <summary>Which of the pod's own limits it has passed, in the words of its eviction; null for none. Pure.</summary>
    public static string? OverLimit(Pod pod, Usage usage)
    {
        foreach (var volume in pod.Spec.Volumes)
        {
            if (volume.EmptyDir is { Medium: "", SizeLimit: { IsZero: false } limit } && usage.Volumes.GetValueOrDefault(volume.Name) > limit.Value)
                return $"Usage of EmptyDir volume \"{volume.Name}\" exceeds the limit \"{limit}\". ";
        }

        var limits = PodResources.Limits(pod);
        if (PodResources.AllLimit(pod, "ephemeral-storage") && limits.TryGetValue("ephemeral-storage", out var total) && usage.Total > total.Value)
            return $"Pod ephemeral local storage usage exceeds the total limit of containers {total}. ";
        foreach (var container in pod.Spec.Containers)
        {
            if (container.Resources.Limits.TryGetValue("ephemeral-storage", out var own) && usage.Containers.GetValueOrDefault(container.Name) > own.Value)
                return $"Container {container.Name} exceeded its local ephemeral storage limit \"{own}\". ";
        }

        return null;
    }
}

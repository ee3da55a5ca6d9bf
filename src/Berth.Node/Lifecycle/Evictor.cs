using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Events;
using Berth.Node.NodeStatus;
using Berth.Node.PodSync;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Lifecycle;

/// <summary>
/// Ends pods when the node runs out of memory or disk, one a round: first those that take more than they asked for, of
/// these the least important. Ends also pods that fill more than their own emptyDir limits. Owned by one loop.
/// </summary>
public sealed partial class Evictor(
    Func<IReadOnlyCollection<PodWorker>> workers, NodePressure pressure, PodCgroups cgroups, PodDirectories directories, ImageCollector images, EventRecorder events, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    // From this priority on pods belong to the node itself.
    private const int CriticalPriority = 2_000_000_000;

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(_interval, time, ct);
            try
            {
                await RoundAsync(ct);
            }
            catch (Exception error) when (error is IOException or Cri.GrpcException or UnauthorizedAccessException && !ct.IsCancellationRequested)
            {
                LogFailed(log, error.Message);
            }
        }
    }

    private async Task RoundAsync(CancellationToken ct)
    {
        var running = workers().Where(w => !w.HasEnded && w.Observed.Running.Any()).ToList();
        foreach (var worker in running)
        {
            if (VolumeOverLimit(worker.Pod) is { } message) Evict(worker, message);
        }

        var signals = pressure.Read();
        if (signals.MemoryNow)
        {
            if (Choose(running, "memory", p => cgroups.Usage(p)?.WorkingSetBytes ?? 0) is { } victim)
                Evict(victim, $"The node was low on resource: memory. Threshold quantity: {Quantity.FromBytes(pressure.MemoryAvailableMin)}, available: {signals.MemoryAvailableBytes / 1024}Ki. ");
        }
        else if (signals.DiskNow)
        {
            await images.CollectAsync(force: true, ct);
            if (!pressure.Read().DiskNow) return;
            if (Choose(running, "ephemeral-storage", DiskBytes) is { } victim)
                Evict(victim, $"The node was low on resource: ephemeral-storage. Threshold quantity: {pressure.DiskThresholdText}, available: {signals.DiskFreeBytes / 1024}Ki. ");
        }
    }

    /// <summary>Pure but for the usage asked for.</summary>
    internal static PodWorker? Choose(IReadOnlyCollection<PodWorker> running, string resource, Func<Pod, long> usage) => running
        .Where(w => (w.Pod.Spec.Priority ?? 0) < CriticalPriority)
        .Select(w => (Worker: w, Over: usage(w.Pod) - PodResources.Requests(w.Pod).GetOr(resource).Value))
        .OrderByDescending(e => e.Over > 0)
        .ThenBy(e => e.Worker.Pod.Spec.Priority ?? 0)
        .ThenByDescending(e => e.Over)
        .Select(e => e.Worker)
        .FirstOrDefault();

    private void Evict(PodWorker worker, string message)
    {
        events.Event(worker.Pod, "Warning", "Evicted", message);
        worker.Fail(
            "Evicted",
            message,
            0,
            [new PodCondition { Type = "DisruptionTarget", Status = "True", Reason = "TerminationByKubelet", Message = message }]);
    }

    private string? VolumeOverLimit(Pod pod)
    {
        foreach (var volume in pod.Spec.Volumes)
        {
            if (volume.EmptyDir is not { Medium: "", SizeLimit: { } limit } || limit.IsZero) continue;
            var path = Path.Combine(directories.VolumesOf(pod.Metadata.Uid), "kubernetes.io~empty-dir", volume.Name);
            if (Directory.Exists(path) && SizeOf(path) > limit.Value) return $"Usage of EmptyDir volume \"{volume.Name}\" exceeds the limit \"{limit}\". ";
        }

        return null;
    }

    private long DiskBytes(Pod pod)
    {
        var volumes = Path.Combine(directories.VolumesOf(pod.Metadata.Uid), "kubernetes.io~empty-dir");
        var logs = directories.LogsOf(pod);
        return (Directory.Exists(volumes) ? SizeOf(volumes) : 0) + (Directory.Exists(logs) ? SizeOf(logs) : 0);
    }

    private static long SizeOf(string directory) => new DirectoryInfo(directory)
        .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true })
        .Sum(f => f.Length);

    [LoggerMessage(5403, LogLevel.Warning, "Looking for pods to evict failed, trying again: {Problem}")]
    private static partial void LogFailed(ILogger log, string problem);
}

using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Events;
using Berth.Node.Cri;
using Berth.Node.Lifecycle.Eviction;
using Berth.Node.NodeStatus;
using Berth.Node.PodSync;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Lifecycle;

/// <summary>
/// Ends pods that pass limits of their own on the disk, and pods that have to go because the node runs short: one a round,
/// after what nobody needs (ended containers, unused images) was removed. Owned by one loop.
/// </summary>
public sealed partial class Evictor(
    Func<IReadOnlyCollection<PodWorker>> workers, NodePressure pressure, PodCgroups cgroups, PodDirectories directories, IRuntimeService runtime, IImageService imageService, ImageCollector images,
    EvictionOptions options, EventRecorder events, Func<Berth.Api.Core.V1.Node?> node, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    // What a pod gets when the node cannot wait: Kubernetes' one second.
    private const long HardGraceSeconds = 1;

    private readonly LocalStorage _storage = new(directories);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(_interval, time, ct);
            try
            {
                await RoundAsync(ct);
            }
            catch (Exception error) when (!ct.IsCancellationRequested && error is IOException or GrpcException or UnauthorizedAccessException)
            {
                LogFailed(log, error.Message);
            }
        }
    }

    private async Task RoundAsync(CancellationToken ct)
    {
        if ((await imageService.ImageFsInfoAsync(ct)).ImageFilesystems.FirstOrDefault()?.FsId?.Mountpoint is { Length: > 0 } path) pressure.ImagePath = path;
        var running = workers().Where(w => !w.HasEnded && w.Observed.Running.Any()).ToList();
        var met = pressure.Read().Met;
        var layers = met.Any(m => EvictionSignals.IsDisk(m.Signal)) || running.Any(w => LocalStorage.IsLimited(w.Pod)) ? await LayersAsync(ct) : null;
        if (layers is not null)
        {
            foreach (var worker in running.Where(w => LocalStorage.IsLimited(w.Pod)))
            {
                if (LocalStorage.OverLimit(worker.Pod, _storage.Of(worker.Pod, worker.Observed, layers)) is { } message) Evict(worker, message, HardGraceSeconds);
            }
        }

        if (met.Count == 0) return;
        var first = met[0];
        var resource = EvictionSignals.ResourceOf(first.Signal);
        LogShort(log, first.Signal, first.Reading.Available, first.Threshold.ToString());
        if (node() is { } self) events.Event(self, "Warning", "EvictionThresholdMet", $"Attempting to reclaim {resource}");
        if (EvictionSignals.IsDisk(first.Signal))
        {
            await images.CollectAsync(force: true, ct);
            if (pressure.Read().Met.All(m => m.Signal != first.Signal)) return;
        }

        var candidates = running.Select(w => Measure(w, first.Signal, layers ?? new Dictionary<string, (long, long)>())).ToList();
        if (EvictionRanking.Order(first.Signal, candidates) is not [var victim, ..])
        {
            LogNobody(log, resource);
            return;
        }

        var grace = first.Hard ? HardGraceSeconds : Math.Min(options.PodGraceSecondsMax, victim.Pod.Spec.TerminationGracePeriodSeconds ?? 30);
        Evict(running.First(w => w.Pod.Metadata.Uid == victim.Pod.Metadata.Uid), EvictionRanking.Message(first, victim), grace);
    }

    private EvictionCandidate Measure(PodWorker worker, string signal, IReadOnlyDictionary<string, (long Bytes, long Inodes)> layers)
    {
        var pod = worker.Granted;
        switch (EvictionSignals.ResourceOf(signal))
        {
            case "memory":
                return new EvictionCandidate(pod, cgroups.Usage(pod)?.WorkingSetBytes ?? 0, worker.Observed.Running.ToDictionary(c => c.Name, c => cgroups.UsageOf(pod, c.Id)?.WorkingSetBytes ?? 0, StringComparer.Ordinal));
            case "pids":
                return new EvictionCandidate(pod, cgroups.Usage(pod)?.Pids ?? 0, new Dictionary<string, long>());
            case "inodes":
                return new EvictionCandidate(pod, _storage.Of(pod, worker.Observed, layers).Inodes, new Dictionary<string, long>());
            default:
                var usage = _storage.Of(pod, worker.Observed, layers);
                return new EvictionCandidate(pod, usage.Total, usage.Containers);
        }
    }

    private async Task<IReadOnlyDictionary<string, (long Bytes, long Inodes)>> LayersAsync(CancellationToken ct) =>
        (await runtime.ListContainerStatsAsync(null, ct)).Where(s => s.Attributes is not null).ToDictionary(
            s => s.Attributes.Id, s => ((long)(s.WritableLayer?.UsedBytes?.Value ?? 0), (long)(s.WritableLayer?.InodesUsed?.Value ?? 0)), StringComparer.Ordinal);

    private void Evict(PodWorker worker, string message, long graceSeconds)
    {
        LogEvict(log, worker.Pod.Metadata.Namespace, worker.Pod.Metadata.Name, message);
        events.Event(worker.Pod, "Warning", "Evicted", message);
        worker.Fail(
            "Evicted",
            message,
            graceSeconds,
            [new PodCondition { Type = "DisruptionTarget", Status = "True", Reason = "TerminationByKubelet", Message = message }]);
    }

    [LoggerMessage(5403, LogLevel.Warning, "Looking for pods to evict failed, trying again: {Problem}")]
    private static partial void LogFailed(ILogger log, string problem);

    [LoggerMessage(5404, LogLevel.Warning, "The node is short: {Signal} is {Available}, the threshold {Threshold}")]
    private static partial void LogShort(ILogger log, string signal, long available, string threshold);

    [LoggerMessage(5405, LogLevel.Error, "The node is short of {Resource} and has no pod that may be evicted for it")]
    private static partial void LogNobody(ILogger log, string resource);

    [LoggerMessage(5406, LogLevel.Warning, "Evicting pod {Namespace}/{Name}: {Message}")]
    private static partial void LogEvict(ILogger log, string @namespace, string name, string message);
}

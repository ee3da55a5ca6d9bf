using Berth.Node.Cri;
using Berth.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Berth.Node.PodSync;

/// <summary>
/// Wakes pods' workers when the runtime tells that something in them changed. Where the runtime cannot tell, or its stream
/// breaks, the lists are compared: each second while there are pods that run, else not at all.
/// </summary>
/// <param name="containerdSocket">For containerd's own events, where its CRI has none; null without them.</param>
public sealed partial class RuntimeEvents(IRuntimeService runtime, string? containerdSocket, PodWorkers workers, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan _relistFast = TimeSpan.FromSeconds(1);

    // With events, only a safety net against one that was lost.
    private static readonly TimeSpan _relistSlow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _reconnect = TimeSpan.FromSeconds(2);

    private volatile bool _streaming;

    public async Task RunAsync(CancellationToken ct) => await Task.WhenAll(StreamAsync(ct), RelistAsync(ct));

    private async Task StreamAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                // The answer to a stream that the runtime does not have comes at once; until the first event we go on listing.
                await foreach (var change in runtime.GetContainerEventsAsync(ct))
                {
                    _streaming = true;
                    if (change.PodSandboxStatus?.Metadata?.Uid is { Length: > 0 } uid) workers.Wake(uid);
                    else workers.WakeAll();
                }
            }
            catch (GrpcException error) when (error.Code == GrpcStatusCode.Unimplemented)
            {
                if (containerdSocket is not null)
                {
                    await FollowTasksAsync(containerdSocket, ct);
                    return;
                }

                LogNoEvents(log);
                return;
            }
            catch (GrpcException error)
            {
                LogStreamBroke(log, error.Message);
            }

            _streaming = false;
            await Task.Delay(_reconnect, time, ct);
            workers.WakeAll();
        }
    }

    private async Task FollowTasksAsync(string socket, CancellationToken ct)
    {
        await foreach (var change in ContainerdEvents.WatchAsync(socket, time, ct))
        {
            _streaming = true;
            if (change.Kind == ContainerEventKind.Resync) workers.WakeAll();
            if (change.Kind is not (ContainerEventKind.Exited or ContainerEventKind.Deleted)) continue;
            var id = change.ContainerId;
            foreach (var worker in workers.All)
            {
                if (worker.Observed.Containers.Any(c => c.Id == id) || worker.Observed.Sandboxes.Any(s => s.Id == id)) _ = WakeAsync(worker, ct);
            }
        }
    }

    /// <summary>containerd's CRI part hears of an end when we do and answers rightly a moment later: look again until it surely has.</summary>
    private async Task WakeAsync(PodWorker worker, CancellationToken ct)
    {
        int[] pauses = [0, 20, 200];
        try
        {
            foreach (var pause in pauses)
            {
                if (pause > 0) await Task.Delay(pause, ct);
                worker.Wake();
            }
        }
        catch (OperationCanceledException)
        {
            // The agent stops.
        }
    }

    private async Task RelistAsync(CancellationToken ct)
    {
        var before = new Dictionary<string, (string Uid, int State)>(StringComparer.Ordinal);
        while (true)
        {
            await Task.Delay(_streaming ? _relistSlow : _relistFast, time, ct);
            if (workers.All.All(w => w.HasEnded)) continue;
            try
            {
                var now = new Dictionary<string, (string Uid, int State)>(StringComparer.Ordinal);
                foreach (var container in await runtime.ListContainersAsync(null, ct))
                    now[container.Id] = (container.Labels.TryGetValue(RuntimeLabels.PodUid, out var uid) ? uid : "", (int)container.State);
                foreach (var sandbox in await runtime.ListPodSandboxAsync(null, ct))
                    now[sandbox.Id] = (sandbox.Metadata?.Uid ?? "", (int)sandbox.State);
                foreach (var (id, entry) in now)
                {
                    if (!before.TryGetValue(id, out var old) || old != entry) workers.Wake(entry.Uid);
                }

                foreach (var (id, entry) in before)
                {
                    if (!now.ContainsKey(id)) workers.Wake(entry.Uid);
                }

                before = now;
            }
            catch (GrpcException error)
            {
                LogStreamBroke(log, error.Message);
            }
        }
    }

    [LoggerMessage(5003, LogLevel.Information, "The runtime has no events of containers: their states are listed each second")]
    private static partial void LogNoEvents(ILogger log);

    [LoggerMessage(5004, LogLevel.Warning, "Following the runtime's containers failed, trying again: {Problem}")]
    private static partial void LogStreamBroke(ILogger log, string problem);
}

using System.Text;
using System.Text.Json;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Resources.Volumes;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins;
using Berth.Scheduler.Plugins.Volumes;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;
using Microsoft.Extensions.Logging;

namespace Berth.Scheduler;

/// <summary>
/// Gives pods their nodes: informers -> state (columns) -> queue -> cycle -> binding. One loop decides; bindings run beside
/// it. Everything is rebuilt from the API at start, so it can stop at any time.
/// </summary>
/// <remarks>
/// 1. Informers keep the state and fill the queue. 2. The loop takes the best waiting pod and decides on the state.
/// 3. A decision is reserved in the state at once, 4. bound through the API, 5. and undone when the API refuses. 6. A pod
/// without a place gets an event and a condition that say why, and waits for a change that may help it.
/// </remarks>
public sealed partial class PodScheduler : IDisposable
{
    // Bindings under way at once. Each is one small write; more would only queue up inside the server.
    private const int BindingsMax = 64;

    private readonly IClusterClient _client;
    private readonly PodSchedulerOptions _options;
    private readonly EventRecorder _events;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly ClusterState _state = new();
    private readonly SchedulingQueue _queue;
    private readonly SchedulingCycle _cycle;
    private readonly IReadOnlyList<IReservePlugin> _reservers;
    private readonly Random _choice;
    private readonly SemaphoreSlim _bindings = new(BindingsMax);
    private readonly Func<CancellationToken, Task> _synced;

    public PodScheduler(InformerFactory informers, EventRecorder events, TimeProvider time, ILogger log, PodSchedulerOptions? options = null)
    {
        _client = informers.Client;
        _options = options ?? new PodSchedulerOptions();
        _events = events;
        _time = time;
        _log = log;
        _queue = new SchedulingQueue(time);
        _choice = new Random(_options.Seed);
        _synced = informers.WaitForSyncAsync;
        var volumes = new VolumeScheduling(informers, () => _queue.MoveAll(pod => PodClaim.Of(pod).Any()), time);
        _cycle = new SchedulingCycle([.. DefaultPlugins.Filters, .. volumes.Filters], DefaultPlugins.Scorers);
        _reservers = [volumes.Binding];
        // 1.
        informers.For<Node>().AddHandler(OnNodeAdded, OnNodeUpdated, OnNodeDeleted);
        informers.For<Pod>().AddHandler(OnPod, (_, pod) => OnPod(pod), OnPodDeleted);
    }

    /// <summary>Pods waiting: to be tried now, after a back-off, after a change.</summary>
    public (int Active, int Backoff, int Unschedulable) Depth => _queue.Depth;

    public async Task RunAsync(CancellationToken ct)
    {
        await _synced(ct).ConfigureAwait(false);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var (pod, mark) = await _queue.TakeAsync(ct).ConfigureAwait(false);
                await ScheduleAsync(pod, mark, ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        _queue.Dispose();
        _bindings.Dispose();
    }

    private async Task ScheduleAsync(QueuedPod queued, long mark, CancellationToken ct)
    {
        Decision decision;
        List<(IReservePlugin Plugin, Node Node)> pending = [];
        lock (_gate)
        {
            // 2.
            decision = Decide(queued.Pod);
            // 3.
            if (decision is Decision.Placed placed)
            {
                _state.Reserve(queued.Pod, placed.NodeName);
                var node = _state.Node(_state.Row(placed.NodeName)!.Value);
                pending.AddRange(_reservers.Where(r => r.Reserve(queued.Pod, node)).Select(r => (r, node)));
            }
        }

        if (decision is Decision.Placed(var nodeName, _, _))
        {
            // What may take minutes must not hold up the bindings of others.
            if (pending.Count > 0)
            {
                _ = PrepareAndBindAsync(queued, pending, mark, ct);
                return;
            }

            await _bindings.WaitAsync(ct).ConfigureAwait(false);
            _ = BindAndReleaseAsync(queued, nodeName, mark, ct);
        }
        else if (decision is Decision.Unschedulable(_, var message))
        {
            // 6.
            _queue.Fail(queued, mark, retry: false);
            _ = TellAsync(queued.Pod, message, ct);
        }
    }

    private Decision Decide(Pod pod)
    {
        try
        {
            return _cycle.Decide(new PodContext(pod), _state, _choice);
        }
        catch (FormatException e)
        {
            // The API server validates selectors; one that slipped through must not stop the loop.
            return new Decision.Unschedulable(new Candidates(_state), $"the pod cannot be understood: {e.Message}");
        }
    }

    private async Task PrepareAndBindAsync(QueuedPod queued, List<(IReservePlugin Plugin, Node Node)> pending, long mark, CancellationToken ct)
    {
        try
        {
            foreach (var (plugin, node) in pending)
                await plugin.PreBindAsync(queued.Pod, node, ct).ConfigureAwait(false);
            await _bindings.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is PreBindException or ApiException or HttpRequestException or IOException)
        {
            Undo(queued, mark, pending[0].Node.Metadata.Name, e);
            return;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }

        await BindAndReleaseAsync(queued, pending[0].Node.Metadata.Name, mark, ct).ConfigureAwait(false);
    }

    private async Task BindAndReleaseAsync(QueuedPod queued, string nodeName, long mark, CancellationToken ct)
    {
        try
        {
            await BindAsync(queued, nodeName, mark, ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The process ends; whether the binding happened is in the store.
        }
        finally
        {
            _bindings.Release();
        }
    }

    private async Task BindAsync(QueuedPod queued, string nodeName, long mark, CancellationToken ct)
    {
        var pod = queued.Pod;
        var meta = pod.Metadata;
        try
        {
            // 4.
            var binding = new Binding
            {
                Metadata = new() { Name = meta.Name, Namespace = meta.Namespace, Uid = meta.Uid },
                Target = new ObjectReference { Kind = "Node", Name = nodeName },
            };
            await _client.CreateSubresourceAsync<Pod, Binding, Api.Meta.V1.Status>(meta.Namespace, meta.Name, "binding", binding, ct: ct).ConfigureAwait(false);
            _queue.Succeed(pod.Metadata.Uid);
            Release(meta.Uid);
            LogScheduled(_log, meta.Namespace, meta.Name, nodeName, (_time.GetUtcNow() - queued.Added).TotalMilliseconds);
            _events.Event(pod, "Normal", "Scheduled", $"Successfully assigned {meta.Namespace}/{meta.Name} to {nodeName}");
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            Undo(queued, mark, nodeName, e);
        }
    }

    /// <summary>What was reserved is written now, or the pod is gone.</summary>
    private void Release(string uid)
    {
        lock (_gate)
        {
            foreach (var reserver in _reservers)
                reserver.Unreserve(uid);
        }
    }

    private void Undo(QueuedPod queued, long mark, string nodeName, Exception e)
    {
        // 5.
        var meta = queued.Pod.Metadata;
        lock (_gate)
        {
            _state.Unreserve(meta.Uid);
            foreach (var reserver in _reservers)
                reserver.Unreserve(meta.Uid);
        }

        if (e is ApiException { IsNotFound: true })
            _queue.Remove(meta.Uid);
        _queue.Fail(queued, mark, retry: true);
        LogBindFailed(_log, meta.Namespace, meta.Name, nodeName, e.Message);
        if (e is not ApiException { IsNotFound: true })
            _events.Event(queued.Pod, "Warning", "FailedScheduling", e is PreBindException ? e.Message : $"binding rejected: {e.Message}");
    }

    private async Task TellAsync(Pod pod, string message, CancellationToken ct)
    {
        _events.Event(pod, "Warning", "FailedScheduling", message);
        var known = pod.Status.Conditions.FirstOrDefault(c => c.Type == "PodScheduled");
        if (known is { Status: "False", Reason: "Unschedulable" } && known.Message == message)
            return;
        try
        {
            await _client.PatchAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, Patch.Strategic(Condition(pod, message)), "status", ct: ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            LogTellFailed(_log, pod.Metadata.Namespace, pod.Metadata.Name, e.Message);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The next scheduler will tell.
        }
    }

    private string Condition(Pod pod, string message)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            // The uid keeps a pod that was made anew under the same name from getting the old one's condition.
            writer.WriteStartObject("metadata");
            writer.WriteString("uid", pod.Metadata.Uid);
            writer.WriteEndObject();
            writer.WriteStartObject("status");
            writer.WriteStartArray("conditions");
            new PodCondition
            {
                Type = "PodScheduled",
                Status = "False",
                Reason = "Unschedulable",
                Message = message,
                ObservedGeneration = pod.Metadata.Generation,
                LastTransitionTime = pod.Status.Conditions.FirstOrDefault(c => c is { Type: "PodScheduled", Status: "False" })?.LastTransitionTime ?? _time.GetUtcNow(),
            }.WriteJson(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private void OnPod(Pod pod)
    {
        var uid = pod.Metadata.Uid;
        var ended = pod.Status.Phase is "Succeeded" or "Failed";
        if (pod.Spec.NodeName.Length == 0)
        {
            var ours = pod.Spec.SchedulerName == _options.SchedulerName && !ended
                && pod.Metadata.DeletionTimestamp is null && pod.Spec.SchedulingGates.IsEmpty;
            lock (_gate)
            {
                // A write from before the binding that comes after it must not bring a placed pod back.
                if (ours && _state.Placed(uid) is not null)
                    return;
            }

            if (ours)
                _queue.Set(pod);
            else
                _queue.Remove(uid);
            return;
        }

        _queue.Remove(uid);
        lock (_gate)
        {
            if (ended)
                _state.RemovePod(uid);
            else
                _state.SetPod(pod);
        }

        if (ended)
            _queue.MoveAll();
    }

    private void OnPodDeleted(Pod pod)
    {
        _queue.Remove(pod.Metadata.Uid);
        if (pod.Spec.NodeName.Length == 0)
            return;
        lock (_gate)
            _state.RemovePod(pod.Metadata.Uid);
        _queue.MoveAll();
    }

    private void OnNodeAdded(Node node)
    {
        lock (_gate)
            _state.SetNode(node);
        _queue.MoveAll();
    }

    private void OnNodeUpdated(Node old, Node node)
    {
        lock (_gate)
            _state.SetNode(node);
        // Heartbeats and image lists change nothing that a pod waits for.
        if (old.Spec != node.Spec || !old.Metadata.Labels.Equals(node.Metadata.Labels) || !old.Status.Allocatable.Equals(node.Status.Allocatable))
            _queue.MoveAll();
    }

    private void OnNodeDeleted(Node node)
    {
        lock (_gate)
            _state.RemoveNode(node.Metadata.Name);
    }

    [LoggerMessage(4001, LogLevel.Debug, "{Namespace}/{Name} goes to {Node}, {Milliseconds:F1} ms after it came")]
    private static partial void LogScheduled(ILogger log, string @namespace, string name, string node, double milliseconds);

    [LoggerMessage(4002, LogLevel.Warning, "Binding {Namespace}/{Name} to {Node} failed, trying again: {Problem}")]
    private static partial void LogBindFailed(ILogger log, string @namespace, string name, string node, string problem);

    [LoggerMessage(4003, LogLevel.Warning, "The condition of {Namespace}/{Name} could not be written: {Problem}")]
    private static partial void LogTellFailed(ILogger log, string @namespace, string name, string problem);
}

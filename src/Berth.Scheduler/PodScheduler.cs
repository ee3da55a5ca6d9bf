using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Policy.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Feed;
using Berth.Scheduler.Preemption;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;
using Microsoft.Extensions.Logging;

namespace Berth.Scheduler;

/// <summary>
/// Gives pods their nodes: informers -> state (columns) -> queue -> cycle -> binding. One loop decides; bindings run beside
/// it. Everything is rebuilt from the API at start, so it can stop at any time.
/// </summary>
/// <remarks>
/// 1. Informers keep the state and fill the queue (<see cref="ClusterFeed"/>). 2. The loop takes the best waiting pod and
/// decides on the state. 3. A decision is reserved in the state at once, 4. bound through the API, 5. and undone when the API
/// refuses. 6. For a pod without a place, less important ones are made to leave where that helps. 7. The pod gets an event
/// and a condition that say why, and waits for a change that may help it.
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
    private readonly Nominations _nominations = new();
    private readonly SchedulingQueue _queue;
    private readonly Dictionary<string, (SchedulerProfile Profile, SchedulingCycle Cycle)> _profiles;
    private readonly IReadOnlyList<IReservePlugin> _reservers;
    private readonly Random _choice;
    private readonly SemaphoreSlim _bindings = new(BindingsMax);
    private readonly Func<CancellationToken, Task> _synced;
    private readonly OutcomeWriter _outcomes;
    private readonly Preemptor _preemptor;
    private readonly InformerCache<PodDisruptionBudget> _budgets;

    public PodScheduler(InformerFactory informers, EventRecorder events, TimeProvider time, ILogger log, PodSchedulerOptions? options = null)
    {
        _client = informers.Client;
        _options = options ?? new PodSchedulerOptions();
        _events = events;
        _time = time;
        _log = log;
        _queue = new SchedulingQueue(time);
        _choice = new Random(_options.Seed);
        var plugins = ClusterPlugins.Create(informers, _options.Claims, _queue.Tell, time);
        _reservers = plugins.Reservers;
        _profiles = _options.Profiles.Select(p => p.With(plugins.Filters)).ToDictionary(p => p.SchedulerName, p => (p, new SchedulingCycle(p)), StringComparer.Ordinal);
        _outcomes = new OutcomeWriter(_client, events, time, log);
        _preemptor = new Preemptor(_client, events, time, log);
        _budgets = informers.For<PodDisruptionBudget>().Cache;
        _state.Workloads = new WorkloadSelectors(informers);
        _state.IsBackedByDevices = plugins.IsBackedByDevices;
        // 1.
        _ = new ClusterFeed(informers, _gate, _state, _nominations, _queue, _profiles.ContainsKey);
        _synced = informers.WaitForSyncAsync;
    }

    /// <summary>Pods waiting: to be tried now, after a back-off, after a change.</summary>
    public (int Active, int Backoff, int Unschedulable) Depth => _queue.Depth;

    /// <summary>Something of another kind happened that plugins may wait for; for those who follow such kinds.</summary>
    public void Tell(ClusterEvent change) => _queue.Tell(change);

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
        var pod = queued.Pod;
        var (profile, cycle) = _profiles[pod.Spec.SchedulerName];
        Decision decision;
        PreemptionResult? preemption = null;
        Node? node = null;
        List<IReservePlugin> pending = [];
        lock (_gate)
        {
            var context = new PodContext(pod);
            // 2.
            decision = Decide(context, cycle);
            if (decision is Decision.Placed placed)
            {
                // 3.
                node = _state.Node(_state.Row(placed.NodeName)!.Value);
                _state.Reserve(pod, placed.NodeName);
                pending.AddRange(_reservers.Where(r => r.Reserve(pod, node)));
            }
            else if (decision is Decision.Unschedulable refused && profile.Preempts && refused.Candidates.NodeCount > 0)
            {
                // 6.
                preemption = new VictimSearch(cycle).Find(context, _state, refused.Candidates, _budgets.List(), _nominations, _choice);
                if (preemption is PreemptionResult.Found found)
                    _nominations.Set(pod, found.NodeName);
                else if (preemption is PreemptionResult.Hopeless)
                    _nominations.Remove(pod.Metadata.Uid);
            }
        }

        if (node is not null)
        {
            // What may take minutes must not hold up the bindings of others.
            if (pending.Count > 0)
            {
                _ = PrepareAndBindAsync(queued, node, pending, ct);
                return;
            }

            await _bindings.WaitAsync(ct).ConfigureAwait(false);
            _ = BindAndReleaseAsync(queued, node, ct);
        }
        else if (decision is Decision.Unschedulable unschedulable)
        {
            // 7.
            if (preemption is PreemptionResult.Found)
                _queue.Gate(queued.Uid);
            var refusers = unschedulable.Candidates.Refusers;
            _queue.Fail(queued, mark, [.. cycle.Filters.Where(f => refusers.Contains(f.Name))]);
            _ = EndVictimsAndTellAsync(pod, unschedulable.Message, preemption, ct);
            foreach (var reserver in _reservers)
                _ = reserver.AfterRefusalAsync(pod, ct);
        }
    }

    private Decision Decide(PodContext context, SchedulingCycle cycle)
    {
        try
        {
            return cycle.Decide(context, _state, _choice, _nominations);
        }
        catch (FormatException e)
        {
            // The API server validates selectors; one that slipped through must not stop the loop.
            var candidates = new Candidates(_state, new NodeSet(0));
            candidates.RejectPod("", $"the pod cannot be understood: {e.Message}");
            return new Decision.Unschedulable(candidates, Explain.FitMessage.Of(candidates));
        }
    }

    private async Task EndVictimsAndTellAsync(Pod pod, string message, PreemptionResult? preemption, CancellationToken ct)
    {
        switch (preemption)
        {
            case PreemptionResult.Found found:
                await _outcomes.TellAsync(pod, message, found.NodeName, ct).ConfigureAwait(false);
                IReadOnlyList<Pod> below;
                lock (_gate)
                {
                    below = _nominations.Below(pod.Spec.Priority ?? 0, found.NodeName);
                    foreach (var lesser in below)
                        _nominations.Remove(lesser.Metadata.Uid);
                }

                foreach (var lesser in below)
                    await _outcomes.ClearNominationAsync(lesser, ct).ConfigureAwait(false);
                var ended = await _preemptor.EndAsync(pod, found, ct).ConfigureAwait(false);
                // Victims without grace may have gone before the gate opened.
                bool gone;
                lock (_gate)
                    gone = found.Victims.All(v => _state.Placed(v.Metadata.Uid) is null);
                _queue.Ungate(pod.Metadata.Uid, again: !ended || gone);
                break;
            case PreemptionResult.Hopeless(var why):
                await _outcomes.TellAsync(pod, $"{message} no new claims to deallocate, preemption: {why}", "", ct).ConfigureAwait(false);
                break;
            case PreemptionResult.NotEligible(var why):
                await _outcomes.TellAsync(pod, $"{message} no new claims to deallocate, preemption: {why}", null, ct).ConfigureAwait(false);
                break;
            default:
                await _outcomes.TellAsync(pod, message, null, ct).ConfigureAwait(false);
                break;
        }
    }

    private async Task PrepareAndBindAsync(QueuedPod queued, Node node, List<IReservePlugin> pending, CancellationToken ct)
    {
        try
        {
            foreach (var plugin in pending)
                await plugin.PreBindAsync(queued.Pod, node, ct).ConfigureAwait(false);
            await _bindings.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is PreBindException or ApiException or HttpRequestException or IOException)
        {
            Undo(queued, node, e);
            return;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }

        await BindAndReleaseAsync(queued, node, ct).ConfigureAwait(false);
    }

    private async Task BindAndReleaseAsync(QueuedPod queued, Node node, CancellationToken ct)
    {
        try
        {
            await BindAsync(queued, node, ct).ConfigureAwait(false);
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

    private async Task BindAsync(QueuedPod queued, Node node, CancellationToken ct)
    {
        var pod = queued.Pod;
        var meta = pod.Metadata;
        var nodeName = node.Metadata.Name;
        try
        {
            // 4.
            var binding = new Binding
            {
                Metadata = new()
                {
                    Name = meta.Name,
                    Namespace = meta.Namespace,
                    Uid = meta.Uid,
                    Annotations = _reservers.Aggregate(ApiMap<string>.Empty, (all, r) => all.With(r.BindingAnnotations(meta.Uid))),
                },
                Target = new ObjectReference { Kind = "Node", Name = nodeName },
            };
            await _client.CreateSubresourceAsync<Pod, Binding, Api.Meta.V1.Status>(meta.Namespace, meta.Name, "binding", binding, ct: ct).ConfigureAwait(false);
            _queue.Succeed(meta.Uid);
            lock (_gate)
            {
                _nominations.Remove(meta.Uid);
                Release(meta.Uid);
            }

            LogScheduled(_log, meta.Namespace, meta.Name, nodeName, (_time.GetUtcNow() - queued.Added).TotalMilliseconds);
            _events.Event(pod, "Normal", "Scheduled", $"Successfully assigned {meta.Namespace}/{meta.Name} to {nodeName}");
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            Undo(queued, node, e);
        }
    }

    /// <summary>What was reserved is written now, or is not wanted any more.</summary>
    private void Release(string uid)
    {
        foreach (var reserver in _reservers)
            reserver.Unreserve(uid);
    }

    // 5. A pod that has gone meanwhile is forgotten; any other is tried again.
    private void Undo(QueuedPod queued, Node node, Exception problem)
    {
        var pod = queued.Pod;
        lock (_gate)
        {
            _state.Unreserve(queued.Uid);
            Release(queued.Uid);
        }

        if (problem is ApiException { IsNotFound: true })
            _queue.Remove(queued.Uid);
        _queue.Retry(queued);
        _queue.Tell(new ClusterEvent.PodGone(pod));
        if (problem is ApiException { IsNotFound: true })
            return;
        LogBindFailed(_log, pod.Metadata.Namespace, pod.Metadata.Name, node.Metadata.Name, problem.Message);
        _events.Event(pod, "Warning", "FailedScheduling", problem is PreBindException ? problem.Message : $"binding rejected: {problem.Message}");
    }

    [LoggerMessage(4001, LogLevel.Debug, "{Namespace}/{Name} goes to {Node}, {Milliseconds:F1} ms after it came")]
    private static partial void LogScheduled(ILogger log, string @namespace, string name, string node, double milliseconds);

    [LoggerMessage(4002, LogLevel.Warning, "Binding {Namespace}/{Name} to {Node} failed, trying again: {Problem}")]
    private static partial void LogBindFailed(ILogger log, string @namespace, string name, string node, string problem);
}

using Berth.Api.Core.V1;
using Berth.Api.Policy.V1;
using Berth.Client.Informers;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Feed;
using Berth.Scheduler.Preemption;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Explain;

/// <summary>
/// A cluster seen through its API the way its scheduler sees it, for questions. Needs to read, nothing more; works for any
/// cluster, whoever schedules it.
/// </summary>
public sealed class ExplainedCluster : IDisposable
{
    private readonly InformerFactory _informers;
    private readonly IReadOnlyList<SchedulerProfile> _profiles;
    private readonly Lock _gate = new();
    private readonly ClusterState _state = new();
    private readonly Nominations _nominations = new();
    private readonly SchedulingQueue _queue;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <param name="claims">Whether the cluster serves resource claims.</param>
    public ExplainedCluster(InformerFactory informers, TimeProvider time, IReadOnlyList<SchedulerProfile> profiles, bool claims)
    {
        _informers = informers;
        _queue = new SchedulingQueue(time);
        _state.Workloads = new WorkloadSelectors(informers);
        informers.For<PodDisruptionBudget>();
        var plugins = ClusterPlugins.Create(informers, claims, static _ => { }, time);
        _profiles = [.. profiles.Select(p => p.With(plugins.Filters))];
        _ = new ClusterFeed(informers, _gate, _state, _nominations, _queue, static _ => true);
    }

    /// <summary>Reads the cluster. Call once, before <see cref="Explain"/>.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        _running = _informers.RunAsync(_stop.Token);
        var synced = _informers.WaitForSyncAsync(ct);
        await Task.WhenAny(_running, synced).ConfigureAwait(false);
        if (_running.IsFaulted)
            await _running.ConfigureAwait(false);
        await synced.ConfigureAwait(false);
    }

    /// <summary>Null when there is no such pod.</summary>
    public Explanation? Explain(string ns, string name)
    {
        if (_informers.For<Pod>().Cache.Get(ns, name) is not { } pod)
            return null;
        lock (_gate)
        {
            var explainer = new Explainer(_state, _profiles, _nominations, _informers.For<PodDisruptionBudget>().Cache.List());
            return explainer.Explain(pod, [.. _queue.Waiting().Select(w => w.Pod)]);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _queue.Dispose();
        _stop.Dispose();
    }
}

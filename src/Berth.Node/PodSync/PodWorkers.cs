using System.Collections.Concurrent;
using Berth.Api.Core.V1;
using Microsoft.Extensions.Logging;

namespace Berth.Node.PodSync;

/// <summary>All workers of the node, by pod uid: one per pod, from the moment it is heard of until nothing of it is left.</summary>
public sealed partial class PodWorkers(Func<Pod, PodWorker> create, ILogger log)
{
    private readonly ConcurrentDictionary<string, (PodWorker Worker, Task Running)> _workers = new(StringComparer.Ordinal);
    // Between the last look at a worker that ends and its removal, its pod may come back.
    private readonly Lock _gate = new();
    private CancellationToken _stop;

    public IReadOnlyCollection<PodWorker> All => [.. _workers.Values.Select(w => w.Worker)];

    public PodWorker? Find(string uid) => _workers.TryGetValue(uid, out var found) ? found.Worker : null;

    public PodWorker? Find(string ns, string name) =>
        All.Where(w => w.Pod.Metadata.Namespace == ns && w.Pod.Metadata.Name == name).OrderByDescending(w => w.Pod.Metadata.CreationTimestamp?.Value ?? default).FirstOrDefault();

    public void Start(CancellationToken stop) => _stop = stop;

    /// <summary>Called by the informer's loop alone.</summary>
    public void Set(Pod pod)
    {
        lock (_gate)
        {
            if (_workers.TryGetValue(pod.Metadata.Uid, out var found)) found.Worker.Update(pod);
            else Add(pod);
        }
    }

    public void Remove(Pod pod) => Find(pod.Metadata.Uid)?.Remove();

    public void Wake(string uid) => Find(uid)?.Wake();

    public void WakeAll()
    {
        foreach (var worker in All) worker.Wake();
    }

    public Task WhenAllAsync() => Task.WhenAll(_workers.Values.Select(w => w.Running));

    private async Task RunAsync(PodWorker worker, string uid)
    {
        try
        {
            await worker.RunAsync(_stop);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            return; // a call that was cut off
        }
        catch (Exception error)
        {
            // A bug: this pod is no longer looked after until the agent starts again, the others are.
            LogWorkerDied(log, worker.Pod.Metadata.Namespace, worker.Pod.Metadata.Name, error);
            return;
        }

        lock (_gate)
        {
            _workers.TryRemove(uid, out _);
            if (worker.Again is { } again) Add(again);
        }
    }

    private void Add(Pod pod)
    {
        var worker = create(pod);
        _workers[pod.Metadata.Uid] = (worker, Task.Run(() => RunAsync(worker, pod.Metadata.Uid), CancellationToken.None));
    }

    [LoggerMessage(5002, LogLevel.Error, "The worker of pod {Namespace}/{Name} failed")]
    private static partial void LogWorkerDied(ILogger log, string @namespace, string name, Exception error);
}

using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Node.PodSync;

/// <summary>
/// Decides one pod at a time what the node's pods may have, so that two never get the same: pods that are new to the node,
/// and running ones that are to get other resources. Resizes that do not fit yet are tried again when something gets free.
/// </summary>
/// <param name="labels">The node's labels: as last known, or asked for anew when true.</param>
public sealed class PodAdmission(
    Func<IReadOnlyCollection<PodWorker>> workers, Func<bool, CancellationToken, Task<ApiMap<string>>> labels, string nodeName, Func<ApiMap<Quantity>> allocatable, IReadOnlyList<IResourceOwner> owners)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<PodWorker> _deferred = [];

    /// <summary>Null when the pod was admitted: it counts from then on.</summary>
    public async Task<AdmissionRefusal?> AdmitAsync(PodWorker worker, Pod pod, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var refusal = NodeAdmission.Check(pod, await labels(false, ct), nodeName, allocatable(), Others(worker));
            // The label that the scheduler went by may be newer than what is known here.
            if (refusal is { Reason: "NodeAffinity" })
                refusal = NodeAdmission.Check(pod, await labels(true, ct), nodeName, allocatable(), Others(worker));
            if (refusal is not null) return refusal;
            foreach (var owner in owners)
            {
                if (await owner.AdmitAsync(pod, ct) is not { } refused) continue;
                foreach (var granted in owners) granted.Release(pod.Metadata.Uid);
                return refused;
            }

            worker.MarkAdmitted();
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Null when the pod was granted what it wants.</summary>
    public async Task<ResizeRefusal?> ResizeAsync(PodWorker worker, Pod wanted, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return Resize(worker, wanted);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What the pod had is free again.</summary>
    public async Task ReleaseAsync(PodWorker worker, string podUid, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            foreach (var owner in owners) owner.Release(podUid);
            _deferred.Remove(worker);
            Retry();
        }
        finally
        {
            _turn.Release();
        }
    }

    private ResizeRefusal? Resize(PodWorker worker, Pod wanted)
    {
        var granted = worker.Granted;
        var refusal = NodeAdmission.CheckResize(wanted, granted, allocatable(), Others(worker));
        foreach (var owner in owners) refusal ??= owner.AdmitResize(wanted, granted);
        if (refusal is null)
        {
            _deferred.Remove(worker);
            worker.Grant(wanted);
            Retry();
        }
        else if (refusal.Reason == ResizeRefusal.Deferred)
        {
            _deferred.Add(worker);
        }
        else
        {
            _deferred.Remove(worker);
        }

        return refusal;
    }

    /// <summary>In the order in which Kubernetes serves them: by priority, then Guaranteed first, then who waits the longest.</summary>
    private void Retry()
    {
        var waiting = _deferred
            .OrderByDescending(w => w.Pod.Spec.Priority ?? 0)
            .ThenByDescending(w => PodResources.QosClass(w.Pod) == PodResources.Guaranteed)
            .ThenBy(w => w.ResizePendingSince)
            .ToList();
        foreach (var worker in waiting)
        {
            if (!_deferred.Contains(worker)) continue; // served by the round of another
            if (worker.HasEnded) _deferred.Remove(worker);
            else if (Resize(worker, worker.Pod) is null) worker.Wake();
        }
    }

    private List<Pod> Others(PodWorker worker) => [.. workers().Where(w => w != worker && !w.HasEnded && w.IsAdmitted).Select(w => w.Granted)];
}

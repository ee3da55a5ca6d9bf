using System.Threading.Channels;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri;
using Berth.Node.Cri.V1;
using Berth.Node.PodSync;
using Berth.Resources.Allocation;
using Berth.Resources.Topology;
using Microsoft.Extensions.Logging;
using RuntimeState = Berth.Node.Cri.V1.ContainerState;
using PodResources = Berth.Node.PodSync.PodResources;

namespace Berth.Node.Resources;

/// <summary>
/// The node's owner of exclusive CPUs and NUMA memory: admits pods by the allocator, keeps the checkpoint, sets what each
/// container may run on, and keeps all others off it.
/// </summary>
/// <remarks>
/// 1. A new pod's sets come from the scheduler, where they still hold, else from the allocator here. 2. They are written
/// down. 3. Running containers of the shared pool leave those CPUs, 4. then the pod's containers are made with them. 5. A
/// loop compares what the kernel shows with what is due, after each change and every ten seconds. 6. What an ended pod held
/// goes back to the shared pool.
/// </remarks>
public sealed partial class NodeAllocations : IResourceOwner
{
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly IRuntimeService _runtime;
    private readonly Func<string, string, (string Cpus, string Mems)?> _actual;
    private readonly NodeConfiguration _configuration;
    private readonly AllocationCheckpoint _checkpoint;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly Lock _gate = new();

    // Guarded by the gate. Checkpointed before a container starts.
    private readonly Dictionary<string, PodAllocation> _held = new(StringComparer.Ordinal);
    private bool _restored;

    // Changed under the gate, read anywhere.
    private volatile NodeShape _shape;

    /// <param name="actual">What the kernel shows of a container, by its pod's uid and its own id, in the kernel's list form; null where it has no cgroup.</param>
    public NodeAllocations(NodeShape shape, NodeConfiguration configuration, IRuntimeService runtime, Func<string, string, (string Cpus, string Mems)?> actual, string checkpointPath, TimeProvider time, ILogger log)
    {
        _shape = shape;
        _configuration = configuration;
        _runtime = runtime;
        _actual = actual;
        _checkpoint = new AllocationCheckpoint(checkpointPath);
        _time = time;
        _log = log;
        // An agent that was static before has left marks, which one that is not takes away.
        IsActive = IsExact || _checkpoint.Exists;
    }

    /// <summary>What the node is made of now.</summary>
    public NodeShape Shape => _shape;

    private bool IsExact => _shape.Policy.IsExact;

    /// <summary>False on a node that gives nobody anything for itself: then nothing is set and nothing watched.</summary>
    public bool IsActive { get; }

    /// <summary>Called after each change of what is held; must be quick.</summary>
    public Action? Changed { get; set; }

    /// <summary>What pods hold now, by uid.</summary>
    public IReadOnlyList<PodAllocation> Held
    {
        get
        {
            lock (_gate)
                return [.. _held.Values.OrderBy(p => p.PodUid, StringComparer.Ordinal)];
        }
    }

    /// <summary>CPUs of containers without their own.</summary>
    public CpuSet SharedPool
    {
        get
        {
            lock (_gate)
                return Shape.SharedPool(_held.Values.Aggregate(CpuSet.Empty, static (all, pod) => all | pod.Cpus));
        }
    }

    public PodAllocation? Find(string podUid)
    {
        lock (_gate)
            return _held.GetValueOrDefault(podUid);
    }

    public bool HasOwnCpus(string podUid)
    {
        lock (_gate)
            return _held.TryGetValue(podUid, out var held) && !held.Cpus.IsEmpty;
    }

    /// <summary>Takes over what an earlier agent gave, from its checkpoint and, where that is lost or lacks something, from the containers.</summary>
    public async Task RestoreAsync(CancellationToken ct)
    {
        if (!IsActive || _restored)
            return;
        var known = _checkpoint.Read(out var problem);
        if (problem is not null)
            LogDamaged(_log, problem);
        var found = known.ToDictionary(p => p.PodUid, StringComparer.Ordinal);
        var lost = new HashSet<string>(StringComparer.Ordinal);
        foreach (var container in await _runtime.ListContainersAsync(null, ct))
        {
            if (!container.Labels.TryGetValue(RuntimeLabels.PodUid, out var uid))
                continue;
            if (!found.ContainsKey(uid) && container.Annotations.TryGetValue(AllocationAnnotations.Pod, out var text) && AllocationJson.Read(text, uid) is { IsEmpty: false } told)
            {
                found.Add(uid, told);
                lost.Add(uid);
            }

            // The marks are those of the container's start; what it runs on now may be another choice.
            if (lost.Contains(uid) && container.State == RuntimeState.ContainerRunning && container.Labels.TryGetValue(RuntimeLabels.ContainerName, out var name))
                found[uid] = AsSeen(found[uid], name, container.Id);
        }

        lock (_gate)
        {
            foreach (var pod in IsExact ? found.Values.AsEnumerable() : [])
            {
                // Its containers still run, on what is left of its CPUs: the first round repairs that.
                _held[pod.PodUid] = pod;
            }

            _checkpoint.Write(_held.Values);
            _restored = true;
        }

        Signal();
    }

    public async ValueTask<AdmissionRefusal?> AdmitAsync(Pod pod, CancellationToken ct)
    {
        var needs = PodNeeds.Of(pod, Shape.Policy, Shape.DeviceResources);
        if (needs.IsEmpty)
            return null;
        await RestoreAsync(ct);
        PodAllocation allocation;
        lock (_gate)
        {
            if (_held.ContainsKey(pod.Metadata.Uid))
                return null;
            // 1.
            var told = pod.Metadata.Annotations.TryGetValue(AllocationAnnotations.Pod, out var text) ? AllocationJson.Read(text, pod.Metadata.Uid) : null;
            var problem = told is null ? "" : AllocationCheck.Problem(Shape, _held.Values, needs, told);
            if (told is not null && problem is null)
            {
                allocation = told;
            }
            else
            {
                if (told is not null)
                    LogTold(_log, pod.Metadata.Namespace, pod.Metadata.Name, problem!);
                switch (PodAllocator.Allocate(Shape, _held.Values, needs))
                {
                    case AllocationOutcome.Granted(var granted):
                        allocation = granted;
                        break;
                    case AllocationOutcome.Refused(var why):
                        // A scheduler that chose sets for this node knew an older state of it: it will choose again.
                        return new AdmissionRefusal(why.Reason, why.Message) { PlaceAgain = text is not null };
                    default:
                        throw new InvalidOperationException("an allocation is granted or refused");
                }
            }

            // 2.
            _checkpoint.Write([.. _held.Values, allocation]);
            _held[pod.Metadata.Uid] = allocation;
        }

        LogGranted(_log, pod.Metadata.Namespace, pod.Metadata.Name, allocation.Cpus.ToString());
        // 3.
        await ApplyAsync(ct);
        Signal();
        return null;
    }

    public ResizeRefusal? AdmitResize(Pod wanted, Pod granted)
    {
        if (PodResources.QosClass(wanted) != PodResources.Guaranteed)
            return null;
        var before = PodNeeds.Of(granted, Shape.Policy, Shape.DeviceResources);
        var after = PodNeeds.Of(wanted, Shape.Policy, Shape.DeviceResources);
        if (before with { PodUid = "" } == after with { PodUid = "" })
            return null;
        // What a process was pinned to when it began, it may have built its threads and memory on.
        return SameCpus(before, after)
            ? new ResizeRefusal(ResizeRefusal.Infeasible, "Resize is infeasible for Guaranteed Pods alongside Memory Manager static policy")
            : new ResizeRefusal(ResizeRefusal.Infeasible, "Resize is infeasible for Guaranteed Pods alongside CPU Manager static policy");
    }

    public ValueTask ConfigureAsync(Pod pod, PodContainer container, ContainerConfig config, CancellationToken ct)
    {
        Configure(pod.Metadata.Uid, container.Name, config.Linux.Resources);
        lock (_gate)
        {
            // 4. With the marks by which a later agent knows, should its checkpoint be lost.
            if (_held.TryGetValue(pod.Metadata.Uid, out var held))
                config.Annotations[AllocationAnnotations.Pod] = AllocationJson.Write(held);
        }

        // One that is made while the pool changes is looked after at once.
        if (IsActive)
            Signal();
        return ValueTask.CompletedTask;
    }

    public void ConfigureUpdate(Pod pod, PodContainer container, LinuxContainerResources resources) => Configure(pod.Metadata.Uid, container.Name, resources);

    public void Release(string podUid)
    {
        lock (_gate)
        {
            // 6.
            _short.Remove(podUid);
            if (!_held.Remove(podUid))
                return;
            _checkpoint.Write(_held.Values);
        }

        Signal();
    }

    /// <summary>Gives back what pods held that are gone, after the agent was away.</summary>
    /// <param name="isKnown">By uid; only once the list of pods is complete.</param>
    public async Task ReleaseUnknownAsync(Func<string, bool> isKnown, CancellationToken ct)
    {
        var unknown = Held.Where(h => !isKnown(h.PodUid)).Select(h => h.PodUid).ToList();
        if (unknown.Count == 0)
            return;
        var running = (await _runtime.ListContainersAsync(null, ct))
            .Where(c => c.State == RuntimeState.ContainerRunning && c.Labels.ContainsKey(RuntimeLabels.PodUid))
            .Select(c => c.Labels[RuntimeLabels.PodUid]).ToHashSet(StringComparer.Ordinal);
        foreach (var uid in unknown.Where(u => !running.Contains(u)))
            Release(uid);
    }

    /// <summary>Until cancelled: keeps what the kernel shows equal to what is due.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (!IsActive)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, ct);
            return;
        }

        while (true)
        {
            try
            {
                await RestoreAsync(ct);
                Repair();
                // 5.
                await ApplyAsync(ct);
            }
            catch (Exception error) when (!ct.IsCancellationRequested && error is GrpcException or IOException or HttpRequestException)
            {
                LogApplyFailed(_log, error.Message);
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            using var timer = _time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), limit, _configuration.ReconcilePeriod, Timeout.InfiniteTimeSpan);
            try
            {
                await _changed.Reader.ReadAsync(limit.Token);
                // Changes come in groups: a pod's containers one after the other.
                await Task.Delay(s_again, _time, ct);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Time to look again.
            }
        }
    }

    private void Configure(string podUid, string container, LinuxContainerResources resources)
    {
        if (!_configuration.CpuQuota)
            resources.CpuQuota = 0;
        if (!IsActive)
            return;
        var (cpus, memoryNodes, own) = Due(podUid, container);
        resources.CpusetCpus = cpus.ToString();
        if (!memoryNodes.IsEmpty)
            resources.CpusetMems = memoryNodes.ToString();
        // Whole CPUs of one's own need no quota, which would only stop threads that have nobody to share with.
        if (own)
            resources.CpuQuota = 0;
    }

    private (CpuSet Cpus, NumaSet MemoryNodes, bool Own) Due(string podUid, string container)
    {
        lock (_gate)
        {
            if (_held.TryGetValue(podUid, out var held) && held.Find(container) is { } got)
                return (got.Cpus.Overlaps(Shape.Topology.AllCpus) ? got.Cpus & Shape.Topology.AllCpus : SharedPool, got.MemoryNodes, got.OwnCpus);
            return (SharedPool, NumaSet.None, false);
        }
    }

    // Shrinks come before growths: whoever is to leave CPUs leaves them before somebody else is let on.
    private async Task ApplyAsync(CancellationToken ct)
    {
        await _applying.WaitAsync(ct);
        try
        {
            var changes = new List<(string Id, string Name, CpuSet Cpus, NumaSet Mems, bool Grows)>();
            foreach (var container in await _runtime.ListContainersAsync(null, ct))
            {
                if (container.State != RuntimeState.ContainerRunning
                    || !container.Labels.TryGetValue(RuntimeLabels.PodUid, out var uid) || !container.Labels.TryGetValue(RuntimeLabels.ContainerName, out var name))
                    continue;
                if (_actual(uid, container.Id) is not { } actual)
                    continue; // not of this agent, or gone meanwhile
                var (cpus, mems, _) = Due(uid, name);
                if (CpuSet.TryParse(actual.Cpus, out var has) && has == cpus && (mems.IsEmpty || (NumaSet.TryParse(actual.Mems, out var hasMems) && hasMems == mems)))
                    continue;
                changes.Add((container.Id, name, cpus, mems, !cpus.IsSubsetOf(has)));
            }

            foreach (var change in changes.OrderBy(c => c.Grows))
            {
                try
                {
                    await _runtime.UpdateContainerResourcesAsync(
                        change.Id, new LinuxContainerResources { CpusetCpus = change.Cpus.ToString(), CpusetMems = change.Mems.ToString() }, ct);
                }
                catch (GrpcException error) when (error.Code != GrpcStatusCode.Unavailable)
                {
                    // It may just have ended; if not, the next round tries again.
                    LogUpdateFailed(_log, change.Name, change.Cpus.ToString(), error.Detail);
                }
            }
        }
        finally
        {
            _applying.Release();
        }
    }

    private void Signal()
    {
        _changed.Writer.TryWrite(true);
        Changed?.Invoke();
    }

    private static bool SameCpus(PodNeeds a, PodNeeds b) => a.PodCpus == b.PodCpus && a.Containers.Select(c => c.Cpus).SequenceEqual(b.Containers.Select(c => c.Cpus));

    [LoggerMessage(5401, LogLevel.Warning, "The checkpoint of allocations cannot be used ({Problem}); what containers hold is read from them")]
    private static partial void LogDamaged(ILogger log, string problem);

    [LoggerMessage(5403, LogLevel.Information, "The scheduler's choice for {Namespace}/{Name} does not hold here ({Problem}); choosing anew")]
    private static partial void LogTold(ILogger log, string @namespace, string name, string problem);

    [LoggerMessage(5404, LogLevel.Information, "{Namespace}/{Name} gets CPUs {Cpus}")]
    private static partial void LogGranted(ILogger log, string @namespace, string name, string cpus);

    [LoggerMessage(5405, LogLevel.Warning, "Keeping containers on their CPUs failed, trying again: {Problem}")]
    private static partial void LogApplyFailed(ILogger log, string problem);

    [LoggerMessage(5406, LogLevel.Warning, "Container {Container} could not be moved to CPUs {Cpus}: {Problem}")]
    private static partial void LogUpdateFailed(ILogger log, string container, string cpus, string problem);
}

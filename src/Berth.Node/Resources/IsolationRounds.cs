using System.Threading.Channels;
using Berth.Node.Lifecycle;
using Berth.Node.PodSync;
using Berth.Resources.Topology;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Resources;

/// <summary>
/// Keeps interrupts off the exclusive CPUs of pods that asked for it, and threads of pods with a cache class in that class.
/// Owned by one loop, which has nothing to do on most nodes.
/// </summary>
public sealed partial class IsolationRounds
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly NodeAllocations _allocations;
    private readonly Func<IReadOnlyCollection<PodWorker>> _workers;
    private readonly PodCgroups _cgroups;
    private readonly InterruptAffinity _interrupts;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private CpuSet _off = CpuSet.Empty;

    public IsolationRounds(NodeAllocations allocations, Func<IReadOnlyCollection<PodWorker>> workers, PodCgroups cgroups, InterruptAffinity interrupts, TimeProvider time, ILogger log)
    {
        (_allocations, _workers, _cgroups, _interrupts, _time, _log) = (allocations, workers, cgroups, interrupts, time, log);
        allocations.Changed += () => _changed.Writer.TryWrite(true);
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            using var timer = new CancellationTokenSource(s_interval, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
            try
            {
                await _changed.Reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // It is time.
            }

            try
            {
                Round();
            }
            catch (IOException error)
            {
                LogFailed(_log, error.Message);
            }
        }
    }

    private void Round()
    {
        var off = CpuSet.Empty;
        foreach (var worker in _workers().Where(w => !w.HasEnded))
        {
            var annotations = worker.Pod.Metadata.Annotations;
            if (annotations.TryGetValue(ContainerSettings.InterruptsKey, out var interrupts) && interrupts == "disable")
                off |= _allocations.Find(worker.Pod.Metadata.Uid)?.Cpus ?? CpuSet.Empty;
            if (annotations.TryGetValue(ContainerSettings.CacheClassKey, out var cacheClass) && CacheClasses.Has(cacheClass))
                CacheClasses.Put(cacheClass, _cgroups.Of(worker.Granted).Processes());
        }

        if (off == _off)
            return;
        var stay = _interrupts.Keep(_allocations.Shape.Topology.AllCpus, _off, off);
        LogInterrupts(_log, off.IsEmpty ? "none" : off.ToString(), stay.Count);
        _off = off;
    }

    [LoggerMessage(5415, LogLevel.Information, "Interrupts are kept off CPUs {Cpus}; {Fixed} cannot be moved")]
    private static partial void LogInterrupts(ILogger log, string cpus, int @fixed);

    [LoggerMessage(5416, LogLevel.Warning, "Isolating pods failed, trying again: {Problem}")]
    private static partial void LogFailed(ILogger log, string problem);
}

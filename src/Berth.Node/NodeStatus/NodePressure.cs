using System.Globalization;
using Berth.Linux.Machine;

namespace Berth.Node.NodeStatus;

/// <summary>What the node is short of. A shortage counts until it has been over for five minutes, so that a condition does not flap.</summary>
public sealed class NodePressure(NodeAgentOptions options, TimeProvider time)
{
    private const double PidShareMax = 0.98;
    private static readonly TimeSpan _holdFor = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private DateTimeOffset _memoryUntil;
    private DateTimeOffset _diskUntil;
    private DateTimeOffset _pidsUntil;

    /// <summary>Bytes; below it pods are evicted.</summary>
    public long MemoryAvailableMin { get; } = options.Configuration.MemoryAvailable.Share is null
        ? options.Configuration.MemoryAvailable.Bytes
        : options.Configuration.MemoryAvailable.Of(MachineInfo.Read().MemoryBytes);

    /// <summary>For people: 10%, or an amount.</summary>
    public string DiskThresholdText { get; } = options.Configuration.DiskAvailable.Share is { } share
        ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##}%")
        : Api.Quantity.FromBytes(options.Configuration.DiskAvailable.Bytes).ToString();

    /// <summary>Bytes of a disk of the given size.</summary>
    public long DiskFreeMin(long totalBytes) => options.Configuration.DiskAvailable.Of(totalBytes);

    /// <param name="MemoryNow">Short at this moment, not only within the time that the condition is held.</param>
    public readonly record struct Signals(bool Memory, bool Disk, bool Pids, bool MemoryNow, bool DiskNow, long MemoryAvailableBytes, long DiskFreeBytes);

    public Signals Read()
    {
        var now = time.GetUtcNow();
        var memory = MachineInfo.AvailableMemoryBytes();
        var drive = new DriveInfo(options.DataDirectory);
        var disk = drive.AvailableFreeSpace;
        var memoryNow = memory < MemoryAvailableMin;
        var diskNow = disk < DiskFreeMin(drive.TotalSize);
        lock (_gate)
        {
            if (memoryNow) _memoryUntil = now + _holdFor;
            if (diskNow) _diskUntil = now + _holdFor;
            if (PidsShort()) _pidsUntil = now + _holdFor;
            return new Signals(now < _memoryUntil, now < _diskUntil, now < _pidsUntil, memoryNow, diskNow, memory, disk);
        }
    }

    private static bool PidsShort()
    {
        var max = long.Parse(File.ReadAllText("/proc/sys/kernel/pid_max").Trim(), CultureInfo.InvariantCulture);
        // loadavg's fourth field: runnable/all tasks.
        var all = File.ReadAllText("/proc/loadavg").Split(' ')[3].Split('/')[1];
        return long.Parse(all, CultureInfo.InvariantCulture) > max * PidShareMax;
    }
}

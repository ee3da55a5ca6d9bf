using System.Globalization;
using Berth.Linux.Files;
using Berth.Linux.Machine;
using Berth.Node.Lifecycle.Eviction;

namespace Berth.Node.NodeStatus;

/// <summary>What the node is short of, by the thresholds of eviction. Measured by whoever asks; one state for all of them.</summary>
public sealed class NodePressure
{
    private readonly Lock _gate = new();
    private readonly NodeAgentOptions _options;
    private readonly TimeProvider _time;
    private readonly EvictionState _state;
    private Signals _now;

    public NodePressure(NodeAgentOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _state = new EvictionState(options.Configuration.Eviction);
        ImagePath = options.DataDirectory;
    }

    /// <summary>Directory on the file system that images are on; the node's own until the runtime has told.</summary>
    public string ImagePath { get; set; }

    /// <param name="Met">Thresholds to answer now; the conditions stay for a while longer.</param>
    public readonly record struct Signals(bool Memory, bool Disk, bool Pids, IReadOnlyList<MetThreshold> Met, long MemoryAvailableBytes);

    /// <summary>As last measured.</summary>
    public Signals Now
    {
        get
        {
            lock (_gate) return _now.Met is null ? Read() : _now;
        }
    }

    public Signals Read()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            var memory = MachineInfo.AvailableMemoryBytes();
            var node = FileSystemUsage.Of(_options.DataDirectory);
            var image = Directory.Exists(ImagePath) ? FileSystemUsage.Of(ImagePath) : node;
            var readings = new Dictionary<string, Reading>
            {
                [EvictionSignals.Memory] = new(memory, _memoryTotal),
                [EvictionSignals.NodeDisk] = new(node.AvailableBytes, node.TotalBytes),
                [EvictionSignals.NodeInodes] = new(node.InodesFree, node.InodesTotal),
                [EvictionSignals.ImageDisk] = new(image.AvailableBytes, image.TotalBytes),
                [EvictionSignals.ImageInodes] = new(image.InodesFree, image.InodesTotal),
                [EvictionSignals.Pids] = Pids(),
            };
            var met = _state.Observe(readings, now);
            return _now = new Signals(_state.Has("MemoryPressure", now), _state.Has("DiskPressure", now), _state.Has("PIDPressure", now), met, memory);
        }
    }

    private readonly long _memoryTotal = MachineInfo.Read().MemoryBytes;

    public static long PidsTotal => long.Parse(File.ReadAllText("/proc/sys/kernel/pid_max").Trim(), CultureInfo.InvariantCulture);

    private static Reading Pids()
    {
        var max = PidsTotal;
        // loadavg's fourth field: runnable/all tasks.
        var all = long.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[3].Split('/')[1], CultureInfo.InvariantCulture);
        return new Reading(max - all, max);
    }
}

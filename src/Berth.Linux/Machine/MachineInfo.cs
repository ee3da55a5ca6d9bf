using System.Globalization;
using System.Runtime.InteropServices;

namespace Berth.Linux.Machine;

/// <summary>What a machine has and is, read once from /proc and /sys. Memory and CPUs can be hot-plugged: read again to see it.</summary>
public sealed record MachineInfo
{
    public required IReadOnlyList<CpuTopology> Cpus { get; init; }

    /// <summary>Ids of the CPUs that are plugged in, those that were taken offline included.</summary>
    public required IReadOnlyList<int> PresentCpus { get; init; }

    public required IReadOnlyList<NumaNodeInfo> NumaNodes { get; init; }

    public required long MemoryBytes { get; init; }

    public required long SwapBytes { get; init; }

    /// <summary>Huge pages of all nodes, by page size in bytes; sizes with none set aside are listed with zero.</summary>
    public required IReadOnlyDictionary<long, long> HugePages { get; init; }

    /// <summary>/etc/machine-id; empty where there is none.</summary>
    public required string MachineId { get; init; }

    /// <summary>The firmware's id of the hardware; the machine id where it has none, as in containers and small VMs.</summary>
    public required string SystemUuid { get; init; }

    public required string BootId { get; init; }

    public required string KernelVersion { get; init; }

    /// <summary>Such as Debian GNU/Linux 12 (bookworm).</summary>
    public required string OsImage { get; init; }

    /// <summary>In Go's words: amd64, arm64.</summary>
    public required string Architecture { get; init; }

    public int CpuCount => Cpus.Count;

    public static MachineInfo Read() => Read("/");

    /// <param name="root">Directory that holds proc, sys and etc; another than / only in tests.</param>
    internal static MachineInfo Read(string root)
    {
        string At(string path) => Path.Combine(root, path);
        var memory = ReadMeminfo(At("proc/meminfo"));
        var nodes = SysfsTopology.ReadNodes(At("sys/devices/system/node"));
        var hugePages = SysfsTopology.ReadHugePages(At("sys/kernel/mm/hugepages"));
        var total = memory.GetValueOrDefault("MemTotal");
        var machineId = TextOf(At("etc/machine-id"));
        return new MachineInfo
        {
            Cpus = SysfsTopology.ReadCpus(At("sys/devices/system/cpu")),
            PresentCpus = SysfsTopology.ParseList(TextOf(At("sys/devices/system/cpu/present"))),
            // A kernel without NUMA has no node directory: the machine is one node then.
            NumaNodes = nodes.Count > 0 ? nodes : [new NumaNodeInfo(0, total, hugePages, [10])],
            MemoryBytes = total,
            SwapBytes = memory.GetValueOrDefault("SwapTotal"),
            HugePages = hugePages,
            MachineId = machineId,
            SystemUuid = TextOf(At("sys/class/dmi/id/product_uuid")) is { Length: > 0 } uuid ? uuid : machineId,
            BootId = TextOf(At("proc/sys/kernel/random/boot_id")),
            KernelVersion = TextOf(At("proc/sys/kernel/osrelease")),
            OsImage = OsImageOf(At("etc/os-release")),
            Architecture = RuntimeInformation.OSArchitecture switch
            {
                System.Runtime.InteropServices.Architecture.X64 => "amd64",
                System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
                var other => other.ToString().ToLowerInvariant(),
            },
        };
    }

    /// <summary>Bytes of memory that could be given out now without swapping.</summary>
    public static long AvailableMemoryBytes() => ReadMeminfo("/proc/meminfo").GetValueOrDefault("MemAvailable");

    /// <summary>Changes when CPUs, memory or huge pages come or go; costs a few small files, and is to be compared, not read.</summary>
    public static string Fingerprint() => Fingerprint("/");

    internal static string Fingerprint(string root)
    {
        string At(string path) => Path.Combine(root, path);
        var text = new System.Text.StringBuilder(TextOf(At("sys/devices/system/cpu/online"))).Append('|').Append(TextOf(At("sys/devices/system/node/has_memory")));
        text.Append('|').Append(ReadMeminfo(At("proc/meminfo")).GetValueOrDefault("MemTotal"));
        foreach (var node in SysfsTopology.ReadHugePagesByNode(At("sys/devices/system/node")))
            text.Append('|').Append(node);
        foreach (var (size, count) in SysfsTopology.ReadHugePages(At("sys/kernel/mm/hugepages")))
            text.Append(CultureInfo.InvariantCulture, $"|{size}={count}");
        return text.ToString();
    }

    /// <summary>In bytes; the file says kB and means KiB.</summary>
    private static Dictionary<string, long> ReadMeminfo(string path)
    {
        var values = new Dictionary<string, long>();
        foreach (var line in File.ReadLines(path))
        {
            var words = line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words is [var name, var value, "kB"]) values[name] = long.Parse(value, CultureInfo.InvariantCulture) * 1024;
        }

        return values;
    }

    private static string OsImageOf(string path)
    {
        if (!File.Exists(path)) return "Linux";
        const string Key = "PRETTY_NAME=";
        var line = File.ReadLines(path).FirstOrDefault(candidate => candidate.StartsWith(Key, StringComparison.Ordinal));
        return line is null ? "Linux" : line[Key.Length..].Trim().Trim('"');
    }

    private static string TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // optional everywhere it is used
        }
    }
}

using System.Globalization;

namespace Berth.Linux.Machine;

/// <summary>CPUs, NUMA nodes and huge pages as sysfs shows them.</summary>
internal static class SysfsTopology
{
    /// <summary>Online CPUs in order.</summary>
    public static IReadOnlyList<CpuTopology> ReadCpus(string directory)
    {
        var cpus = new List<CpuTopology>();
        foreach (var cpu in ParseList(File.ReadAllText(Path.Combine(directory, "online"))))
        {
            var at = Path.Combine(directory, $"cpu{cpu}");
            cpus.Add(new CpuTopology(
                cpu,
                ReadInt(Path.Combine(at, "topology/core_id"), cpu),
                Math.Max(0, ReadInt(Path.Combine(at, "topology/physical_package_id"), 0)), // -1 on some ARM machines
                NodeOf(at),
                ReadInt(Path.Combine(at, "cache/index3/id"), -1),
                File.Exists(Path.Combine(at, "topology/thread_siblings_list"))
                    ? ParseList(File.ReadAllText(Path.Combine(at, "topology/thread_siblings_list")))
                    : [cpu]));
        }

        return cpus;
    }

    public static IReadOnlyList<NumaNodeInfo> ReadNodes(string directory)
    {
        if (!Directory.Exists(directory)) return [];
        var nodes = new List<NumaNodeInfo>();
        foreach (var path in Directory.EnumerateDirectories(directory, "node*"))
        {
            if (!int.TryParse(Path.GetFileName(path)["node".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var node)) continue;
            var memory = 0L;
            foreach (var line in File.ReadLines(Path.Combine(path, "meminfo")))
            {
                // "Node 0 MemTotal:  16384 kB"
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, "MemTotal:", var kib, ..])
                    memory = long.Parse(kib, CultureInfo.InvariantCulture) * 1024;
            }

            var distances = File.ReadAllText(Path.Combine(path, "distance")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            nodes.Add(new NumaNodeInfo(
                node, memory, ReadHugePages(Path.Combine(path, "hugepages")), [.. distances.Select(text => int.Parse(text, CultureInfo.InvariantCulture))]));
        }

        return [.. nodes.OrderBy(node => node.Node)];
    }

    /// <summary>One text for each node and size, in a fixed order.</summary>
    public static IEnumerable<string> ReadHugePagesByNode(string directory) => !Directory.Exists(directory)
        ? []
        : Directory.EnumerateDirectories(directory, "node*").Order(StringComparer.Ordinal)
            .SelectMany(path => ReadHugePages(Path.Combine(path, "hugepages")).Select(p => string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}:{p.Key}={p.Value}")));

    /// <summary>Pages by page size in bytes, from directories named hugepages-2048kB.</summary>
    public static IReadOnlyDictionary<long, long> ReadHugePages(string directory)
    {
        var pages = new SortedDictionary<long, long>();
        if (!Directory.Exists(directory)) return pages;
        foreach (var path in Directory.EnumerateDirectories(directory, "hugepages-*kB"))
        {
            var kib = Path.GetFileName(path)["hugepages-".Length..^"kB".Length];
            pages[long.Parse(kib, CultureInfo.InvariantCulture) * 1024] =
                long.Parse(File.ReadAllText(Path.Combine(path, "nr_hugepages")), CultureInfo.InvariantCulture);
        }

        return pages;
    }

    /// <summary>The kernel's lists: "0-3,8,10-11"; an empty one has no members.</summary>
    public static IReadOnlyList<int> ParseList(string text)
    {
        var members = new List<int>();
        foreach (var part in text.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var bounds = part.Split('-');
            var first = int.Parse(bounds[0], CultureInfo.InvariantCulture);
            var last = bounds.Length > 1 ? int.Parse(bounds[1], CultureInfo.InvariantCulture) : first;
            for (var member = first; member <= last; member++) members.Add(member);
        }

        return members;
    }

    /// <summary>A CPU's directory links to its node as node0, node1, ...</summary>
    private static int NodeOf(string cpuDirectory)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(cpuDirectory, "node*"))
        {
            if (int.TryParse(Path.GetFileName(path)["node".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var node)) return node;
        }

        return 0;
    }

    private static int ReadInt(string path, int missing) =>
        File.Exists(path) && int.TryParse(File.ReadAllText(path), NumberStyles.AllowLeadingSign | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) ? value : missing;
}

using System.Globalization;
using Berth.Api;
using Berth.Resources.Devices;

namespace Berth.Resources.Topology;

/// <summary>
/// What a machine is made of: sockets, NUMA nodes, caches, cores, threads, memory, devices. Immutable; two that were made of
/// the same parts in another order are alike.
/// </summary>
public sealed class NodeTopology
{
    private readonly Dictionary<int, CpuThread> _byId;
    private readonly Dictionary<int, CpuSet> _byNuma;
    private readonly Dictionary<int, CpuSet> _cores;
    private readonly long[,] _distances;

    /// <exception cref="FormatException">Ids repeat or are out of range, or a CPU names a NUMA node that is not there.</exception>
    public NodeTopology(IEnumerable<CpuThread> cpus, IEnumerable<NumaNode> nodes, IEnumerable<Device>? devices = null)
    {
        NumaNodes = [.. nodes.OrderBy(n => n.Id)];
        if (NumaNodes.Any(n => n.Id is < 0 or > NumaSet.IdMax))
            throw new FormatException($"NUMA nodes are numbered from 0 to {NumaSet.IdMax}");
        if (NumaNodes.Select(n => n.Id).Distinct().Count() != NumaNodes.Count)
            throw new FormatException("two NUMA nodes have the same number");
        Nodes = NumaSet.Of(NumaNodes.Select(n => n.Id));
        Cpus = [.. cpus.Select(c => c.L3 >= 0 ? c : c with { L3 = UnknownL3 + c.Numa }).OrderBy(c => c.Id)];
        _byId = new(Cpus.Count);
        foreach (var cpu in Cpus)
        {
            if (!_byId.TryAdd(cpu.Id, cpu))
                throw new FormatException($"CPU {cpu.Id} is there twice");
            if (!Nodes.Contains(cpu.Numa))
                throw new FormatException($"CPU {cpu.Id} is on NUMA node {cpu.Numa}, which does not exist");
        }

        AllCpus = CpuSet.Of(Cpus.Select(c => c.Id));
        _byNuma = NumaNodes.ToDictionary(n => n.Id, n => CpuSet.Of(Cpus.Where(c => c.Numa == n.Id).Select(c => c.Id)));
        _cores = Cpus.GroupBy(c => c.Core).ToDictionary(g => g.Key, g => CpuSet.Of(g.Select(c => c.Id)));
        ThreadsPerCore = ThreadsOf(_cores.Values);
        SocketCount = Cpus.Select(c => c.Socket).Distinct().Count();
        Devices = [.. (devices ?? []).OrderBy(d => d.Resource, StringComparer.Ordinal).ThenBy(d => d.Id, NaturalOrder.Instance)];
        MemoryNames = [.. NumaNodes.SelectMany(n => n.Memory.Keys).Distinct().Order(StringComparer.Ordinal)];
        _distances = new long[NumaSet.IdMax + 1, NumaSet.IdMax + 1];
        foreach (var from in NumaNodes)
        {
            foreach (var to in NumaNodes)
                _distances[from.Id, to.Id] = from.DistanceTo(to.Id);
        }
    }

    // Groups of CPUs without a known cache: apart from all real ids.
    private const int UnknownL3 = 1 << 20;

    public IReadOnlyList<CpuThread> Cpus { get; }

    public IReadOnlyList<NumaNode> NumaNodes { get; }

    public IReadOnlyList<Device> Devices { get; }

    /// <summary>Names of the kinds of memory that some node has.</summary>
    public IReadOnlyList<string> MemoryNames { get; }

    public CpuSet AllCpus { get; }

    public NumaSet Nodes { get; }

    /// <summary>
    /// What more than two thirds of the cores have, so that a thread that was taken offline does not make all cores divisible;
    /// on machines whose cores differ the average, rounded down, as in Kubernetes.
    /// </summary>
    public int ThreadsPerCore { get; }

    public int SocketCount { get; }

    public IEnumerable<int> Cores => _cores.Keys.Order();

    public CpuThread Cpu(int id) => _byId[id];

    public CpuSet CpusOf(int numa) => _byNuma.GetValueOrDefault(numa, CpuSet.Empty);

    private static int ThreadsOf(IReadOnlyCollection<CpuSet> cores)
    {
        if (cores.Count == 0)
            return 1;
        var most = cores.GroupBy(c => c.Count).MaxBy(g => g.Count())!;
        return most.Count() * 3 > cores.Count * 2 ? most.Key : Math.Max(1, cores.Sum(c => c.Count) / cores.Count);
    }

    /// <summary>All threads of the core that has the CPU.</summary>
    public CpuSet CoreOf(int cpu) => _cores[_byId[cpu].Core];

    public NumaSet NumaOf(CpuSet cpus) => NumaSet.Of(cpus.Where(_byId.ContainsKey).Select(c => _byId[c].Numa));

    /// <summary>Sockets that the nodes' CPUs are on.</summary>
    public int SocketsOf(NumaSet nodes) => Cpus.Where(c => nodes.Contains(c.Numa)).Select(c => c.Socket).Distinct().Count();

    /// <summary>Sum over all pairs of the nodes, both ways, each node to itself included.</summary>
    public long DistanceWithin(NumaSet nodes)
    {
        var sum = 0L;
        foreach (var from in nodes.Members())
        {
            foreach (var to in nodes.Members())
                sum += _distances[from, to];
        }

        return sum;
    }

    /// <summary>A regular machine, whose CPUs are numbered as x86 does: first threads of all cores, then the second ones.</summary>
    /// <param name="memoryBytes">Of each NUMA node.</param>
    /// <param name="l3PerNuma">Caches that the cores of a node are divided among.</param>
    public static NodeTopology Uniform(int sockets, int numaPerSocket, int coresPerNuma, int threads, long memoryBytes = 1L << 30, int l3PerNuma = 1, IEnumerable<Device>? devices = null, ApiMap<long>? hugePages = null)
    {
        var cpus = new List<CpuThread>();
        var nodes = sockets * numaPerSocket;
        for (var thread = 0; thread < threads; thread++)
        {
            for (var core = 0; core < nodes * coresPerNuma; core++)
            {
                var numa = core / coresPerNuma;
                var l3 = (numa * l3PerNuma) + (core % coresPerNuma * l3PerNuma / coresPerNuma);
                cpus.Add(new((thread * nodes * coresPerNuma) + core, core, numa / numaPerSocket, numa, l3));
            }
        }

        return new(
            cpus,
            Enumerable.Range(0, nodes).Select(n => new NumaNode(
                n,
                (hugePages ?? []).With("memory", memoryBytes),
                Enumerable.Range(0, nodes)
                    .Select(o => KeyValuePair.Create(o.ToString(CultureInfo.InvariantCulture), o == n ? 10L : o / numaPerSocket == n / numaPerSocket ? 12L : 21L))
                    .ToApiMap())),
            devices);
    }

    // gpu2 before gpu10.
    private sealed class NaturalOrder : IComparer<string>
    {
        public static NaturalOrder Instance { get; } = new();

        public int Compare(string? x, string? y)
        {
            var bySeries = string.CompareOrdinal(Series(x!), Series(y!));
            if (bySeries != 0)
                return bySeries;
            return x!.Length != y!.Length ? x.Length.CompareTo(y.Length) : string.CompareOrdinal(x, y);
        }

        private static string Series(string text) => text.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
    }
}

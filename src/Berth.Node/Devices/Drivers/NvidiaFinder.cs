using System.Globalization;
using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.Linux.Gpu;

namespace Berth.Node.Devices.Drivers;

/// <summary>
/// NVIDIA's GPUs: those that the kernel driver tells of in /proc, with what the management library knows besides. Without
/// the library there are no amounts of memory and no partitions.
/// </summary>
/// <remarks>
/// A GPU in MIG mode is published as a whole and in its parts, which share its memory as a counter: who has a part keeps
/// the whole from others. The whole of such a GPU has the type <c>partitioned</c>, so that nobody who wants a plain GPU gets it.
/// </remarks>
public sealed class NvidiaFinder(MachineTree tree, NvidiaLibraries libraries) : IDeviceFinder, IDisposable
{
    public const string DriverName = "gpu.berth.dev";

    private const string GpusDirectory = "/proc/driver/nvidia/gpus";

    private NvmlLibrary? _nvml;

    public string Driver => DriverName;

    public string CdiKind => "berth.dev/gpu";

    public FoundDevices Find()
    {
        if (tree.Text("/proc/driver/nvidia/version") is null) return FoundDevices.None;
        _nvml ??= NvmlLibrary.Load(libraries.Candidates("libnvidia-ml.so.1"));
        var reading = _nvml?.Read();
        var devices = new List<FoundDevice>();
        var counters = new List<CounterSet>();
        foreach (var card in Cards(reading))
        {
            var shared = card.MigEnabled && card.Partitions.Count > 0;
            devices.Add(Whole(card, reading, shared));
            if (!shared) continue;
            counters.Add(new CounterSet { Name = CounterName(card), Counters = Memory(card.MemoryBytes) });
            devices.AddRange(card.Partitions.Select(p => Part(card, p, reading)));
        }

        return new FoundDevices(devices.ToApiList()) { Counters = counters.ToApiList(), Edits = libraries.Edits(tree, reading?.DriverVersion ?? "") };
    }

    public void Dispose() => _nvml?.Dispose();

    private static string CounterName(NvmlGpu card) => string.Create(CultureInfo.InvariantCulture, $"gpu-{card.Minor}");

    private static ApiMap<Counter> Memory(long bytes) => new[] { KeyValuePair.Create("memory", new Counter { Value = Quantity.FromBytes(bytes) }) }.ToApiMap();

    private List<NvmlGpu> Cards(NvmlReading? reading)
    {
        var cards = new List<NvmlGpu>();
        foreach (var address in tree.Entries(GpusDirectory))
        {
            var facts = Facts(address);
            var known = reading?.Gpus.FirstOrDefault(g => g.PciAddress == address);
            if (!int.TryParse(facts.GetValueOrDefault("Device Minor"), CultureInfo.InvariantCulture, out var minor) && known is not { Minor: >= 0 }) continue;
            if (known is { Minor: < 0 }) known = known with { Minor = minor };
            cards.Add(known ?? new NvmlGpu(facts.GetValueOrDefault("GPU UUID", ""), facts.GetValueOrDefault("Model", ""), address, minor, 0, "", false, reading is null ? null : "the driver has lost it"));
        }

        return [.. cards.OrderBy(c => c.Minor)];
    }

    private Dictionary<string, string> Facts(string address)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in (tree.Text($"{GpusDirectory}/{address}/information") ?? "").Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0) facts[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }

        return facts;
    }

    private FoundDevice Whole(NvmlGpu card, NvmlReading? reading, bool shared)
    {
        var node = string.Create(CultureInfo.InvariantCulture, $"/dev/nvidia{card.Minor}");
        return new FoundDevice
        {
            Name = CounterName(card),
            Attributes = Common(card, reading).Append(Attributes.Text("type", shared ? "partitioned" : "gpu")).Append(Attributes.Text("uuid", card.Uuid)).ToApiMap(),
            Capacity = card.MemoryBytes > 0 ? new[] { KeyValuePair.Create("memory", Attributes.Bytes(card.MemoryBytes)) }.ToApiMap() : [],
            Consumes = shared ? [new DeviceCounterConsumption { CounterSet = CounterName(card), Counters = Memory(card.MemoryBytes) }] : [],
            Edits = new CdiEdits { Nodes = [new CdiNode(node, tree.Path(node)), .. shared ? card.Partitions.SelectMany(p => Access(card, p)).Distinct() : []] },
            Problem = card.Problem ?? (tree.Exists(node) ? null : $"{node} is not there"),
        };
    }

    private FoundDevice Part(NvmlGpu card, NvmlPartition part, NvmlReading? reading)
    {
        var node = string.Create(CultureInfo.InvariantCulture, $"/dev/nvidia{card.Minor}");
        return new FoundDevice
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"gpu-{card.Minor}-mig-{part.GpuInstance}-{part.ComputeInstance}"),
            Attributes = Common(card, reading).Concat(
            [
                Attributes.Text("type", "mig"), Attributes.Text("uuid", part.Uuid), Attributes.Text("parentUUID", card.Uuid), Attributes.Text("profile", part.Profile),
            ]).ToApiMap(),
            Capacity = new[] { KeyValuePair.Create("memory", Attributes.Bytes(part.MemoryBytes)) }.ToApiMap(),
            Consumes = [new DeviceCounterConsumption { CounterSet = CounterName(card), Counters = Memory(part.MemoryBytes) }],
            Edits = new CdiEdits { Nodes = [new CdiNode(node, tree.Path(node)), .. Access(card, part)] },
            Problem = card.Problem ?? (tree.Exists(node) ? null : $"{node} is not there"),
        };
    }

    private IEnumerable<KeyValuePair<string, DeviceAttribute>> Common(NvmlGpu card, NvmlReading? reading)
    {
        yield return Attributes.Text("productName", card.Name);
        yield return Attributes.Number("minor", card.Minor);
        if (card.ComputeCapability.Length > 0) yield return Attributes.Version("cudaComputeCapability", card.ComputeCapability);
        if (reading is { DriverVersion.Length: > 0 }) yield return Attributes.Version("driverVersion", reading.DriverVersion);
        if (reading is { CudaVersion.Length: > 0 }) yield return Attributes.Version("cudaDriverVersion", reading.CudaVersion);
        foreach (var place in tree.PciAttributes(card.PciAddress)) yield return place;
    }

    /// <summary>The nodes by which a process may use a partition, of the GPU instance and of the compute instance in it.</summary>
    private IEnumerable<CdiNode> Access(NvmlGpu card, NvmlPartition part)
    {
        var instance = string.Create(CultureInfo.InvariantCulture, $"/proc/driver/nvidia/capabilities/gpu{card.Minor}/mig/gi{part.GpuInstance}");
        foreach (var file in (string[])[$"{instance}/access", string.Create(CultureInfo.InvariantCulture, $"{instance}/ci{part.ComputeInstance}/access")])
        {
            var minor = (tree.Text(file) ?? "").Split('\n').Select(l => l.Split(':')).FirstOrDefault(l => l is ["DeviceFileMinor", _])?[1].Trim();
            if (minor is null) continue;
            var node = $"/dev/nvidia-caps/nvidia-cap{minor}";
            yield return new CdiNode(node, tree.Path(node));
        }
    }
}

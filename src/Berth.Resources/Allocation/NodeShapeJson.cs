using System.Text;
using System.Text.Json;
using Berth.Api;
using Berth.Resources.Cpu;
using Berth.Resources.Devices;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>
/// A node's topology and policy as text, for its annotation. Cores are written by the cache they share:
/// <c>"cpus":[{"socket":0,"numa":0,"l3":0,"cores":"0,8;1,9"}]</c>. 256 CPUs take some 2 KB.
/// </summary>
public static class NodeShapeJson
{
    public const int Version = 1;

    // The words of the kubelet's configuration, so that people can read the annotation.
    private static readonly (string Name, Func<CpuPolicy, bool> Get, Func<CpuPolicy, CpuPolicy> Set)[] s_cpuWords =
    [
        ("static", p => p.Static, p => p with { Static = true }),
        ("full-pcpus-only", p => p.FullCoresOnly, p => p with { FullCoresOnly = true }),
        ("distribute-cpus-across-numa", p => p.DistributeAcrossNuma, p => p with { DistributeAcrossNuma = true }),
        ("align-by-socket", p => p.AlignBySocket, p => p with { AlignBySocket = true }),
        ("distribute-cpus-across-cores", p => p.DistributeAcrossCores, p => p with { DistributeAcrossCores = true }),
        ("strict-cpu-reservation", p => p.StrictReservation, p => p with { StrictReservation = true }),
        ("prefer-align-cpus-by-uncorecache", p => p.PreferSharedCache, p => p with { PreferSharedCache = true }),
    ];

    private static readonly string[] s_alignments = ["none", "best-effort", "restricted", "single-numa-node"];

    public static string Write(NodeShape shape)
    {
        var (topology, policy) = (shape.Topology, shape.Policy);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            WritePolicy(writer, policy);
            writer.WriteStartArray("numa");
            foreach (var node in topology.NumaNodes)
            {
                writer.WriteStartObject();
                writer.WriteNumber("id", node.Id);
                WriteAmounts(writer, "memory", node.Memory);
                WriteAmounts(writer, "distances", node.Distances);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("cpus");
            foreach (var group in topology.Cpus.GroupBy(c => (c.Socket, c.Numa, c.L3)).OrderBy(g => g.Key))
            {
                writer.WriteStartObject();
                writer.WriteNumber("socket", group.Key.Socket);
                writer.WriteNumber("numa", group.Key.Numa);
                writer.WriteNumber("l3", group.Key.L3);
                writer.WriteString("cores", string.Join(';', group.GroupBy(c => c.Core).OrderBy(c => c.Key).Select(c => CpuSet.Of(c.Select(t => t.Id)).ToString())));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (topology.Devices.Count > 0)
                WriteDevices(writer, topology.Devices);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <returns>Null when the text is none, or of a version that is not known here.</returns>
    public static NodeShape? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.GetProperty("version").GetInt32() > Version)
                return null;
            var nodes = root.GetProperty("numa").EnumerateArray()
                .Select(n => new NumaNode(n.GetProperty("id").GetInt32(), AmountsOf(n, "memory"), AmountsOf(n, "distances"))).ToList();
            var cpus = new List<CpuThread>();
            foreach (var group in root.GetProperty("cpus").EnumerateArray())
            {
                foreach (var core in group.GetProperty("cores").GetString()!.Split(';'))
                {
                    var threads = CpuSet.Parse(core);
                    cpus.AddRange(threads.Select(t => new CpuThread(t, threads.First, group.GetProperty("socket").GetInt32(), group.GetProperty("numa").GetInt32(), group.GetProperty("l3").GetInt32())));
                }
            }

            return new NodeShape(new NodeTopology(cpus, nodes, DevicesOf(root)), PolicyOf(root.GetProperty("policy")));
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            return null;
        }
    }

    private static void WritePolicy(Utf8JsonWriter writer, NodePolicy policy)
    {
        writer.WriteStartObject("policy");
        writer.WriteStartArray("cpu");
        foreach (var word in s_cpuWords.Where(w => w.Get(policy.Cpu)))
            writer.WriteStringValue(word.Name);
        writer.WriteEndArray();
        writer.WriteString("memory", policy.StaticMemory ? "Static" : "None");
        writer.WriteString("topology", s_alignments[(int)policy.Alignment]);
        writer.WriteString("scope", policy.PodScope ? "pod" : "container");
        if (!policy.ReservedCpus.IsEmpty)
            writer.WriteString("reservedCpus", policy.ReservedCpus.ToString());
        if (!policy.ReservedMemory.IsEmpty)
        {
            writer.WriteStartObject("reservedMemory");
            foreach (var (node, amounts) in policy.ReservedMemory)
                WriteAmounts(writer, node, amounts);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static NodePolicy PolicyOf(JsonElement policy)
    {
        var words = policy.GetProperty("cpu").EnumerateArray().Select(w => w.GetString()).ToHashSet();
        return new()
        {
            Cpu = s_cpuWords.Where(w => words.Contains(w.Name)).Aggregate(CpuPolicy.None, static (p, w) => w.Set(p)),
            StaticMemory = policy.GetProperty("memory").GetString() == "Static",
            Alignment = (AlignmentPolicy)Math.Max(0, Array.IndexOf(s_alignments, policy.GetProperty("topology").GetString())),
            PodScope = policy.GetProperty("scope").GetString() == "pod",
            ReservedCpus = policy.TryGetProperty("reservedCpus", out var cpus) ? CpuSet.Parse(cpus.GetString()!) : CpuSet.Empty,
            ReservedMemory = policy.TryGetProperty("reservedMemory", out var memory)
                ? memory.EnumerateObject().Select(n => KeyValuePair.Create(n.Name, AmountsOf(memory, n.Name))).ToApiMap()
                : [],
        };
    }

    private static void WriteDevices(Utf8JsonWriter writer, IReadOnlyList<Device> devices)
    {
        writer.WriteStartArray("devices");
        foreach (var device in devices)
        {
            writer.WriteStartObject();
            writer.WriteString("resource", device.Resource);
            writer.WriteString("id", device.Id);
            if (!device.Numa.IsEmpty)
                writer.WriteString("numa", device.Numa.ToString());
            if (device.Parent.Length > 0)
                writer.WriteString("parent", device.Parent);
            if (!device.Healthy)
                writer.WriteBoolean("healthy", false);
            if (!device.Attributes.IsEmpty)
            {
                writer.WriteStartObject("attributes");
                foreach (var (name, value) in device.Attributes)
                    writer.WriteString(name, value);
                writer.WriteEndObject();
            }

            if (!device.Capacity.IsEmpty)
                WriteAmounts(writer, "capacity", device.Capacity);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static List<Device> DevicesOf(JsonElement root) => !root.TryGetProperty("devices", out var devices)
        ? []
        : [.. devices.EnumerateArray().Select(d => new Device
        {
            Resource = d.GetProperty("resource").GetString()!,
            Id = d.GetProperty("id").GetString()!,
            Numa = d.TryGetProperty("numa", out var numa) && NumaSet.TryParse(numa.GetString()!, out var nodes) ? nodes : NumaSet.None,
            Parent = d.TryGetProperty("parent", out var parent) ? parent.GetString()! : "",
            Healthy = !d.TryGetProperty("healthy", out var healthy) || healthy.GetBoolean(),
            Attributes = d.TryGetProperty("attributes", out var attributes) ? attributes.EnumerateObject().Select(a => KeyValuePair.Create(a.Name, a.Value.GetString()!)).ToApiMap() : [],
            Capacity = AmountsOf(d, "capacity"),
        })];

    private static void WriteAmounts(Utf8JsonWriter writer, string name, ApiMap<long> amounts)
    {
        writer.WriteStartObject(name);
        foreach (var (key, amount) in amounts)
            writer.WriteNumber(key, amount);
        writer.WriteEndObject();
    }

    private static ApiMap<long> AmountsOf(JsonElement element, string name) => element.TryGetProperty(name, out var amounts)
        ? amounts.EnumerateObject().Select(a => KeyValuePair.Create(a.Name, a.Value.GetInt64())).ToApiMap()
        : [];
}

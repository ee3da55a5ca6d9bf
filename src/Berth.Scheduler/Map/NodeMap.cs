using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Allocation;
using Berth.Resources.Demand;
using Berth.Resources.Topology;

namespace Berth.Scheduler.Map;

/// <summary>
/// A node drawn with letters: sockets, NUMA nodes, caches and cores, and which pod holds which. Drawn from the Node and its
/// pods alone, so that it can be had from anywhere and for any cluster; a node that does not publish its topology is drawn
/// as bars.
/// </summary>
public sealed class NodeMap
{
    private const int BarWidth = 24;
    private const int PodsShown = 12;
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const char Shared = '.';
    private const char Reserved = '=';

    private readonly Node _node;
    private readonly NodeUsage _usage;
    private readonly NodeShape? _shape;
    private readonly IReadOnlyList<Pod> _pods;
    private readonly List<(Pod Pod, PodAllocation Allocation)> _owners = [];
    private readonly List<MapLine> _lines = [];

    private NodeMap(Node node, IEnumerable<Pod> pods, NodeUsage usage)
    {
        (_node, _usage) = (node, usage);
        _shape = NodeShapeJson.Read(node.Metadata.Annotations.GetOr(AllocationAnnotations.Topology, ""));
        _pods = [.. pods.Where(p => p.Spec.NodeName == node.Metadata.Name && p.Status.Phase is not ("Succeeded" or "Failed"))
            .OrderBy(p => p.Metadata.Namespace, StringComparer.Ordinal).ThenBy(p => p.Metadata.Name, StringComparer.Ordinal)];
        var held = AllocationJson.ReadAll(node.Metadata.Annotations.GetOr(AllocationAnnotations.Held, ""))
            .Where(a => !a.IsEmpty).ToDictionary(a => a.PodUid, StringComparer.Ordinal);
        foreach (var pod in _pods)
        {
            if (held.TryGetValue(pod.Metadata.Uid, out var allocation))
                _owners.Add((pod, allocation));
        }
    }

    /// <param name="pods">Of the whole cluster or of the node; those of other nodes, and those that have ended, are not counted.</param>
    public static IReadOnlyList<MapLine> Draw(Node node, IEnumerable<Pod> pods, NodeUsage usage)
    {
        var map = new NodeMap(node, pods, usage);
        map.Head();
        if (map._shape is not null)
        {
            map.Parts();
            map.Owners();
        }

        map.Sums();
        map.Others();
        return map._lines;
    }

    private void Head()
    {
        var ready = _node.Status.Conditions.Any(c => c.Type == "Ready" && c.Status == "True");
        var spans = new List<MapSpan> { new(_node.Metadata.Name, Tone: MapTone.Heading) };
        if (!ready)
            spans.Add(new MapSpan("  not Ready", Tone: MapTone.Warning));
        if (_node.Spec.Unschedulable)
            spans.Add(new MapSpan("  cordoned", Tone: MapTone.Warning));
        foreach (var condition in _node.Status.Conditions.Where(c => c.Type != "Ready" && c.Status == "True"))
            spans.Add(new MapSpan($"  {condition.Type}", Tone: MapTone.Warning));
        if (_shape is { Topology: var topology, Policy: var policy })
        {
            spans.Add(Faint(
                $"  {Count(topology.AllCpus.Count, "CPU")}, {Count(topology.SocketCount, "socket")}, {Count(topology.NumaNodes.Count, "NUMA node")}"
                + $"; CPUs {(policy.Cpu.Static ? "static" : "shared")}, memory {(policy.StaticMemory ? "static" : "shared")}"));
        }

        _lines.Add(new MapLine([.. spans]));
    }

    // A box is a core, a letter in it a thread.
    private void Parts()
    {
        var topology = _shape!.Topology;
        var ownerOf = new Dictionary<int, int>();
        for (var i = 0; i < _owners.Count; i++)
        {
            foreach (var cpu in _owners[i].Allocation.Cpus)
                ownerOf[cpu] = i;
        }

        foreach (var socket in topology.Cpus.Select(c => c.Socket).Distinct().Order())
        {
            if (topology.SocketCount > 1)
                _lines.Add(new MapLine([Faint($"  socket {socket}")]));
            foreach (var numa in topology.Cpus.Where(c => c.Socket == socket).Select(c => c.Numa).Distinct().Order())
                Numa(socket, numa, ownerOf);
        }

        _lines.Add(new MapLine([Faint($"  [ab] a core and whose its threads are   {Shared} shared pool   {Reserved} kept for the system")]));
    }

    private void Numa(int socket, int numa, Dictionary<int, int> ownerOf)
    {
        var topology = _shape!.Topology;
        var own = topology.Cpus.Where(c => c.Socket == socket && c.Numa == numa).ToList();
        var spans = new List<MapSpan> { Faint($"  NUMA {numa,-3} ") };
        foreach (var cache in own.GroupBy(c => c.L3).OrderBy(g => g.Key))
        {
            foreach (var core in cache.GroupBy(c => c.Core).OrderBy(g => g.Key))
            {
                spans.Add(Faint("["));
                foreach (var thread in core.OrderBy(t => t.Id))
                {
                    spans.Add(ownerOf.TryGetValue(thread.Id, out var owner)
                        ? new MapSpan(LetterOf(owner), owner)
                        : new MapSpan((_shape.ReservedCpus.Contains(thread.Id) ? Reserved : Shared).ToString()));
                }

                spans.Add(Faint("]"));
            }

            spans.Add(new MapSpan("  "));
        }

        spans.Add(Faint($"CPUs {CpuSet.Of(own.Select(c => c.Id))}"));
        _lines.Add(new MapLine([.. spans]));
        foreach (var (kind, bytes) in topology.NumaNodes.FirstOrDefault(n => n.Id == numa)?.Memory ?? [])
            Memory(numa, kind, bytes);
        foreach (var devices in topology.Devices.Where(d => d.Numa.Contains(numa)).GroupBy(d => d.Resource, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            Devices(devices.Key, devices);
    }

    private void Memory(int numa, string kind, long bytes)
    {
        if (bytes == 0)
            return;
        var spans = new List<MapSpan> { Faint($"    {kind,-14} ") };
        long taken = 0;
        var drawn = 0;
        spans.Add(Faint("["));
        for (var i = 0; i < _owners.Count; i++)
        {
            // A block over several NUMA nodes is drawn as if it lay on each in equal parts: where its pages are, the kernel decides.
            var held = _owners[i].Allocation.Memory.Where(b => b.Kind == kind && b.Nodes.Contains(numa)).Sum(b => b.Bytes / b.Nodes.Count);
            if (held == 0)
                continue;
            taken += held;
            var width = (int)Math.Round((double)taken / bytes * BarWidth) - drawn;
            width = Math.Clamp(Math.Max(width, 1), 0, BarWidth - drawn);
            spans.Add(new MapSpan(string.Concat(Enumerable.Repeat(LetterOf(i), width)), i));
            drawn += width;
        }

        spans.Add(new MapSpan(new string(Shared, BarWidth - drawn)));
        spans.Add(Faint($"] {Bytes(taken)} of {Bytes(bytes)} held"));
        _lines.Add(new MapLine([.. spans]));
    }

    private void Devices(string resource, IEnumerable<Resources.Devices.Device> devices)
    {
        var spans = new List<MapSpan> { Faint($"    {resource} ") };
        foreach (var device in devices.OrderBy(d => d.Id, StringComparer.Ordinal))
        {
            var owner = _owners.FindIndex(o => o.Allocation.Devices.Contains(device.Key));
            spans.Add(owner >= 0 ? new MapSpan($" {device.Id}:{LetterOf(owner)}", owner) : new MapSpan($" {device.Id}", Tone: device.Healthy ? MapTone.Plain : MapTone.Warning));
            if (!device.Healthy)
                spans.Add(new MapSpan("(unhealthy)", Tone: MapTone.Warning));
        }

        _lines.Add(new MapLine([.. spans]));
    }

    private void Owners()
    {
        if (_owners.Count == 0)
            return;
        _lines.Add(MapLine.Empty);
        for (var i = 0; i < _owners.Count; i++)
        {
            var (pod, allocation) = _owners[i];
            var parts = new List<string>();
            foreach (var container in allocation.Containers.Where(c => !c.IsEmpty))
            {
                var of = allocation.Containers.Count > 1 ? container.Name + ": " : "";
                var holds = new List<string>();
                if (!container.Cpus.IsEmpty)
                    holds.Add($"CPUs {container.Cpus}");
                holds.AddRange(container.Memory.Select(b => $"{b.Kind} {Bytes(b.Bytes)} on NUMA {b.Nodes}"));
                holds.AddRange(container.Devices);
                parts.Add(of + string.Join(", ", holds));
            }

            _lines.Add(new MapLine([new MapSpan($"  {LetterOf(i)} {NameOf(pod)}", i), new MapSpan("  " + string.Join("; ", parts) + Measured(pod))]));
        }
    }

    // What pods together have asked for, of what there is for them.
    private void Sums()
    {
        _lines.Add(MapLine.Empty);
        var asked = _pods.Aggregate(ResourceAmounts.None, (sum, pod) => sum + PodDemand.Requests(pod));
        Sum("cpu", asked.Cpu, _node.Status.Allocatable.GetOr("cpu").MilliValue, Cores);
        Sum("memory", asked.Memory, _node.Status.Allocatable.GetOr("memory").Value, Bytes);
        Sum("pods", _pods.Count, _node.Status.Allocatable.GetOr("pods").Value, n => n.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, quantity) in _node.Status.Allocatable)
        {
            if (name is "cpu" or "memory" or "pods" || quantity.IsZero)
                continue;
            var of = name == "ephemeral-storage" ? asked.EphemeralStorage : asked.Others.GetOr(name);
            var isBytes = name == "ephemeral-storage" || name.StartsWith("hugepages-", StringComparison.Ordinal);
            if (of > 0 || name.Contains('/', StringComparison.Ordinal))
                Sum(name, of, quantity.Value, isBytes ? Bytes : n => n.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void Sum(string name, long asked, long there, Func<long, string> text)
    {
        if (there <= 0)
            return;
        var width = (int)Math.Clamp(Math.Round((double)asked / there * BarWidth), asked > 0 ? 1 : 0, BarWidth);
        var used = name is "cpu" && _usage.Node.TryGetValue("cpu", out var cpu) ? $", {Cores(cpu.MilliValue)} used"
            : name is "memory" && _usage.Node.TryGetValue("memory", out var memory) ? $", {Bytes(memory.Value)} used" : "";
        _lines.Add(new MapLine([
            Faint($"  {name,-16} ["),
            new MapSpan(new string('#', width), Tone: asked > there * 9 / 10 ? MapTone.Warning : MapTone.Plain),
            new MapSpan(new string(Shared, BarWidth - width)),
            Faint($"] {text(asked)} of {text(there)} requested{used}"),
        ]));
    }

    // Pods without a part of their own, those first that use or ask for most.
    private void Others()
    {
        var shared = _pods.Where(p => _owners.All(o => o.Pod != p))
            .OrderByDescending(p => UsageOf(p).GetOr("cpu")).ThenByDescending(p => PodDemand.Requests(p).Cpu).ThenBy(NameOf, StringComparer.Ordinal).ToList();
        if (shared.Count == 0)
            return;
        _lines.Add(MapLine.Empty);
        var shown = shared.Take(PodsShown).ToList();
        var wide = shown.Max(p => NameOf(p).Length);
        foreach (var pod in shown)
        {
            var asks = PodDemand.Requests(pod);
            _lines.Add(new MapLine([new MapSpan($"  {NameOf(pod).PadRight(wide)}"), Faint($"  asks for cpu {Cores(asks.Cpu)}, memory {Bytes(asks.Memory)}{Measured(pod)}")]));
        }

        if (shared.Count > shown.Count)
            _lines.Add(new MapLine([Faint($"  and {shared.Count - shown.Count} more")]));
    }

    private ApiMap<Quantity> UsageOf(Pod pod) => _usage.Pods.GetValueOrDefault(NameOf(pod), []);

    private string Measured(Pod pod) =>
        UsageOf(pod) is { IsEmpty: false } usage ? $"; uses cpu {Cores(usage.GetOr("cpu").MilliValue)}, memory {Bytes(usage.GetOr("memory").Value)}" : "";

    private static MapSpan Faint(string text) => new(text, Tone: MapTone.Faint);

    private static string NameOf(Pod pod) => $"{pod.Metadata.Namespace}/{pod.Metadata.Name}";

    // A letter each; where they do not suffice, their colours and the list below tell owners apart.
    private static string LetterOf(int owner) => Letters[owner % Letters.Length].ToString();

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Cores(long milli) => (milli / 1000.0).ToString(milli % 1000 == 0 ? "F0" : "0.###", CultureInfo.InvariantCulture);

    private static string Bytes(long bytes)
    {
        var (value, unit) = bytes switch
        {
            >= 1L << 40 => (bytes / (double)(1L << 40), "Ti"),
            >= 1L << 30 => (bytes / (double)(1L << 30), "Gi"),
            >= 1L << 20 => (bytes / (double)(1L << 20), "Mi"),
            >= 1L << 10 => (bytes / (double)(1L << 10), "Ki"),
            _ => (bytes, ""),
        };
        return value.ToString("0.#", CultureInfo.InvariantCulture) + unit;
    }
}

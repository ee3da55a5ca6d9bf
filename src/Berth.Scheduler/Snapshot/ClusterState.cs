using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Demand;
using Berth.Scheduler.Topology;

namespace Berth.Scheduler.Snapshot;

/// <summary>
/// The cluster as the scheduler reckons with it: nodes as rows of columns, and the pods that take room on them. A decision
/// is entered here at once (<see cref="Reserve"/>), before it is bound, so that the next decision sees it.
/// </summary>
/// <remarks>
/// Owned by the scheduler, which holds its lock for every call; not safe without. Pods may be heard of before their node:
/// they wait aside and are counted when it comes.
/// </remarks>
public sealed class ClusterState
{
    private readonly Dictionary<string, int> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlacedPod> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _byNode = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResourceColumn> _others = new(StringComparer.Ordinal);
    private readonly Stack<int> _free = new();
    private Node?[] _nodes = [];
    private List<HostPort>?[] _ports = [];
    private int _rowCount;

    /// <summary>Rows that hold a node.</summary>
    public NodeSet Nodes { get; } = new(64);

    public int NodeCount => _rows.Count;

    /// <summary>One more than the highest row ever used: the length that score arrays need.</summary>
    public int RowCount => _rowCount;

    /// <summary>Millicores.</summary>
    public ResourceColumn Cpu { get; } = new();

    /// <summary>Bytes.</summary>
    public ResourceColumn Memory { get; } = new();

    /// <summary>Bytes.</summary>
    public ResourceColumn EphemeralStorage { get; } = new();

    public ResourceColumn Pods { get; } = new();

    /// <summary>Millicores, with defaults for pods that ask for none. Only for scoring.</summary>
    public ResourceColumn ScoringCpu { get; } = new();

    /// <summary>Bytes, with defaults for pods that ask for none. Only for scoring.</summary>
    public ResourceColumn ScoringMemory { get; } = new();

    /// <summary>Nodes with a taint that keeps pods off.</summary>
    public NodeSet Tainted { get; } = new(64);

    /// <summary>Nodes with a taint that pods would rather avoid.</summary>
    public NodeSet SoftTainted { get; } = new(64);

    /// <summary>Nodes closed by <c>kubectl cordon</c>.</summary>
    public NodeSet Cordoned { get; } = new(64);

    /// <summary>Who holds which image.</summary>
    public ImageIndex Images { get; } = new();

    /// <summary>Counts for spreading and for affinity between pods.</summary>
    public TopologyIndex Topology { get; } = new();

    /// <summary>Finds the pods that a pod belongs together with, for spreading by default.</summary>
    public IWorkloadSelectors Workloads { get; set; } = NoWorkloads.Instance;

    /// <summary>Whether a class of devices stands behind an extended resource that a node does not count.</summary>
    public Func<string, bool> IsBackedByDevices { get; set; } = static _ => false;

    /// <summary>All pods that take room somewhere.</summary>
    public IReadOnlyCollection<PlacedPod> PlacedPods => _pods.Values;

    /// <summary>The node in a row that <see cref="Nodes"/> contains.</summary>
    public Node Node(int row) => _nodes[row] ?? throw new InvalidOperationException($"row {row} holds no node");

    /// <summary>Null when no node has the name.</summary>
    public int? Row(string nodeName) => _rows.TryGetValue(nodeName, out var row) ? row : null;

    /// <summary>Column of a huge page size or an extended resource; null when no node and no pod has ever named it.</summary>
    public ResourceColumn? Other(string resource) => _others.GetValueOrDefault(resource);

    /// <summary>Column of any resource; null when no node and no pod has ever named it.</summary>
    public ResourceColumn? Column(string resource) => resource switch
    {
        "cpu" => Cpu,
        "memory" => Memory,
        "ephemeral-storage" => EphemeralStorage,
        _ => Other(resource),
    };

    /// <summary>As <see cref="Column"/>, with defaults for pods that ask for no CPU or memory.</summary>
    public ResourceColumn? ScoringColumn(string resource) => resource switch
    {
        "cpu" => ScoringCpu,
        "memory" => ScoringMemory,
        _ => Column(resource),
    };

    public IReadOnlyList<HostPort> Ports(int row) => _ports[row] ?? (IReadOnlyList<HostPort>)[];

    public IEnumerable<PlacedPod> PodsOn(string nodeName) =>
        _byNode.TryGetValue(nodeName, out var uids) ? uids.Select(u => _pods[u]) : [];

    public PlacedPod? Placed(string uid) => _pods.GetValueOrDefault(uid);

    public void SetNode(Node node)
    {
        var name = node.Metadata.Name;
        if (!_rows.TryGetValue(name, out var row))
        {
            row = _free.TryPop(out var reused) ? reused : _rowCount++;
            Grow();
            _rows.Add(name, row);
            Nodes.Add(row);
            _nodes[row] = node;
            Topology.SetNode(row, node.Metadata.Labels);
            foreach (var pod in PodsOn(name))
                Count(row, pod, +1);
        }
        else if (Topology.Moves(row, node.Metadata.Labels))
        {
            foreach (var pod in PodsOn(name))
                Topology.Count(row, pod.Traits, -1);
            Topology.SetNode(row, node.Metadata.Labels);
            foreach (var pod in PodsOn(name))
                Topology.Count(row, pod.Traits, +1);
        }
        else
        {
            Topology.SetNode(row, node.Metadata.Labels);
        }

        Images.Set(row, node.Status.Images);
        _nodes[row] = node;
        Tainted.Set(row, Has(node.Spec.Taints, static e => e is "NoSchedule" or "NoExecute"));
        SoftTainted.Set(row, Has(node.Spec.Taints, static e => e is "PreferNoSchedule"));
        Cordoned.Set(row, node.Spec.Unschedulable);
        var allocatable = ResourceAmounts.Of(node.Status.Allocatable);
        Cpu.SetAllocatable(row, allocatable.Cpu);
        Memory.SetAllocatable(row, allocatable.Memory);
        ScoringCpu.SetAllocatable(row, allocatable.Cpu);
        ScoringMemory.SetAllocatable(row, allocatable.Memory);
        EphemeralStorage.SetAllocatable(row, allocatable.EphemeralStorage);
        Pods.SetAllocatable(row, node.Status.Allocatable.GetOr("pods").Value);
        foreach (var (resource, column) in _others)
            column.SetAllocatable(row, allocatable.Others.GetOr(resource));
        foreach (var (resource, amount) in allocatable.Others.AsSpan())
            OtherColumn(resource).SetAllocatable(row, amount);
    }

    public void RemoveNode(string name)
    {
        if (!_rows.Remove(name, out var row))
            return;
        foreach (var pod in PodsOn(name))
            Topology.Count(row, pod.Traits, -1);
        Topology.ClearNode(row);
        Images.Clear(row);
        foreach (var set in (ReadOnlySpan<NodeSet>)[Nodes, Tainted, SoftTainted, Cordoned])
            set.Remove(row);
        _nodes[row] = null;
        _ports[row] = null;
        foreach (var column in Columns())
            column.Clear(row);
        _free.Push(row);
    }

    /// <summary>Enters a decision that is not bound yet.</summary>
    public void Reserve(Pod pod, string nodeName) => Place(pod, nodeName, reserved: true);

    /// <summary>Takes a decision back whose binding failed. A pod that has been bound since stays.</summary>
    public void Unreserve(string uid)
    {
        if (_pods.TryGetValue(uid, out var pod) && pod.Reserved)
            RemovePod(uid);
    }

    /// <summary>Enters a bound pod, or its new version.</summary>
    public void SetPod(Pod pod) => Place(pod, pod.Spec.NodeName, reserved: false);

    public void RemovePod(string uid)
    {
        if (Take(uid) is { } pod)
            Topology.Leave(pod.Traits);
    }

    /// <param name="labels">Null when the namespace is gone.</param>
    /// <returns>True when something changed.</returns>
    public bool SetNamespace(string name, ApiMap<string>? labels) => Topology.SetNamespace(name, labels);

    /// <summary>Takes a pod out for a "what if" that ends with <see cref="PutBack"/> under the same lock; null when it is not there.</summary>
    public PlacedPod? Take(string uid)
    {
        if (!_pods.Remove(uid, out var pod))
            return null;
        var siblings = _byNode[pod.NodeName];
        siblings.Remove(uid);
        if (siblings.Count == 0)
            _byNode.Remove(pod.NodeName);
        if (_rows.TryGetValue(pod.NodeName, out var row))
            Count(row, pod, -1);
        return pod;
    }

    public void PutBack(PlacedPod pod)
    {
        _pods.Add(pod.Uid, pod);
        if (!_byNode.TryGetValue(pod.NodeName, out var siblings))
            _byNode.Add(pod.NodeName, siblings = new HashSet<string>(StringComparer.Ordinal));
        siblings.Add(pod.Uid);
        if (_rows.TryGetValue(pod.NodeName, out var row))
            Count(row, pod, +1);
    }

    private static bool Has(ApiList<Taint> taints, Func<string, bool> effect)
    {
        foreach (var taint in taints)
        {
            if (effect(taint.Effect))
                return true;
        }

        return false;
    }

    private void Place(Pod pod, string nodeName, bool reserved)
    {
        RemovePod(pod.Metadata.Uid);
        PutBack(new PlacedPod(pod, nodeName, PodDemand.Requests(pod), PodDemand.RequestsForScoring(pod), reserved, Topology.Enter(pod)));
    }

    private void Count(int row, PlacedPod pod, int sign)
    {
        Cpu.AddUsed(row, sign * pod.Demand.Cpu);
        Memory.AddUsed(row, sign * pod.Demand.Memory);
        EphemeralStorage.AddUsed(row, sign * pod.Demand.EphemeralStorage);
        ScoringCpu.AddUsed(row, sign * pod.ScoringDemand.Cpu);
        ScoringMemory.AddUsed(row, sign * pod.ScoringDemand.Memory);
        Pods.AddUsed(row, sign);
        Topology.Count(row, pod.Traits, sign);
        foreach (var (resource, amount) in pod.Demand.Others.AsSpan())
            OtherColumn(resource).AddUsed(row, sign * amount);
        foreach (var port in HostPort.Of(pod.Pod))
        {
            if (sign > 0)
                (_ports[row] ??= []).Add(port);
            else
                _ports[row]?.Remove(port);
        }
    }

    private ResourceColumn OtherColumn(string resource)
    {
        if (!_others.TryGetValue(resource, out var column))
        {
            _others.Add(resource, column = new ResourceColumn());
            column.Grow(_nodes.Length);
        }

        return column;
    }

    private IEnumerable<ResourceColumn> Columns() =>
        [Cpu, Memory, EphemeralStorage, Pods, ScoringCpu, ScoringMemory, .. _others.Values];

    private void Grow()
    {
        if (_rowCount <= _nodes.Length)
            return;
        var size = Math.Max(64, _nodes.Length * 2);
        Array.Resize(ref _nodes, size);
        Array.Resize(ref _ports, size);
        foreach (var column in Columns())
            column.Grow(size);
        Topology.Grow(size);
    }
}

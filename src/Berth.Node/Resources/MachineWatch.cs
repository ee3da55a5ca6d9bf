using Berth.Api.Core.V1;
using Berth.Linux.Machine;
using Berth.Node.Devices;
using Berth.Resources.Allocation;
using Berth.Resources.Devices;
using Berth.Resources.Topology;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Resources;

/// <summary>
/// What the machine is made of at present: CPUs and memory by the kernel, devices by their plugins. CPUs that go offline and
/// memory that is taken out are seen within seconds; nothing of that stops the agent.
/// </summary>
/// <param name="devices">All that plugins have told of.</param>
public sealed partial class MachineWatch(NodeConfiguration configuration, Func<MachineInfo> read, Func<string> fingerprint, Func<IEnumerable<DeviceResource>> devices, TimeProvider time, ILogger log)
{
    public const string ConditionType = "ResourcesMissing";

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly MachineInfo _first = read();
    private string _fingerprint = fingerprint();
    private MachineInfo? _machine;
    private NodeShape? _shape;

    public MachineInfo Machine
    {
        get
        {
            lock (_gate) return _machine ?? _first;
        }
    }

    /// <exception cref="NodeConfigurationException">At the first call only: the configuration does not go with this machine.</exception>
    public NodeShape Shape
    {
        get
        {
            lock (_gate) return _shape ??= ShapeOf(_first, hot: false);
        }
    }

    /// <summary>Called with what the node is made of from now on. Must not block.</summary>
    public Action<NodeShape>? Changed { get; set; }

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(s_interval, time, ct);
            try
            {
                Look();
            }
            catch (Exception error) when (error is IOException or FormatException or UnauthorizedAccessException)
            {
                // A CPU that goes while it is read: the next look sees what is left.
                LogFailed(log, error.Message);
            }
        }
    }

    /// <summary>Compares the machine with what was seen last.</summary>
    public void Look()
    {
        var now = fingerprint();
        if (now == _fingerprint)
            return;
        var machine = read();
        LogChanged(log, CpuSet.Of(machine.Cpus.Select(c => c.Cpu)).ToString(), machine.MemoryBytes >> 20);
        lock (_gate)
        {
            _fingerprint = now;
            _machine = machine;
        }

        DevicesChanged();
    }

    /// <summary>Makes the shape anew from the machine as last seen and the devices of now.</summary>
    public void DevicesChanged()
    {
        NodeShape shape;
        lock (_gate)
        {
            shape = ShapeOf(_machine ?? _first, hot: true);
            _shape = shape;
        }

        Changed?.Invoke(shape);
    }

    /// <summary>What the machine had when the agent started and has not now, for the Node's conditions; null when nothing is missing.</summary>
    /// <param name="short">Pods, by namespace and name, that run on fewer CPUs than they hold.</param>
    public NodeCondition? Missing(IReadOnlyList<string> @short)
    {
        var machine = Machine;
        var gone = CpuSet.Of(_first.Cpus.Select(c => c.Cpu)) - CpuSet.Of(machine.Cpus.Select(c => c.Cpu));
        List<string> parts = [];
        if (!gone.IsEmpty)
            parts.Add($"CPUs {gone} are offline");
        foreach (var node in _first.NumaNodes)
        {
            var now = machine.NumaNodes.FirstOrDefault(n => n.Node == node.Node)?.MemoryBytes ?? 0;
            if (now < node.MemoryBytes)
                parts.Add($"NUMA node {node.Node} has {(node.MemoryBytes - now) >> 20} MiB of memory less than at the agent's start");
        }

        if (@short.Count > 0)
            parts.Add($"{string.Join(", ", @short)} cannot have all CPUs they hold");
        return parts.Count == 0 ? null : new NodeCondition { Type = ConditionType, Status = "True", Reason = gone.IsEmpty && @short.Count == 0 ? "MemoryGone" : "CPUsOffline", Message = string.Join("; ", parts) };
    }

    private NodeShape ShapeOf(MachineInfo machine, bool hot)
    {
        var topology = MachineTopology.Of(machine);
        var policy = NodePolicies.Of(configuration, topology, CpuSet.Of(machine.PresentCpus), hot);
        // Devices are looked at together with CPUs and memory only where something is kept together: else plugins alone decide.
        return new NodeShape(policy.IsExact ? MachineTopology.Of(machine, devices().SelectMany(r => DevicesOf(r, topology.Nodes))) : topology, policy);
    }

    private static IEnumerable<Device> DevicesOf(DeviceResource resource, NumaSet nodes) => resource.Devices.Select(d => new Device
    {
        Id = d.Id,
        Resource = resource.Name,
        Numa = NumaSet.Of(d.NumaNodes.Where(n => n is >= 0 and <= NumaSet.IdMax && nodes.Contains(n))),
        Healthy = resource.Connected && d.Healthy,
    });

    [LoggerMessage(5411, LogLevel.Warning, "The machine has changed: it has CPUs {Cpus} and {Memory} MiB of memory now")]
    private static partial void LogChanged(ILogger log, string cpus, long memory);

    [LoggerMessage(5412, LogLevel.Warning, "The machine could not be looked at, trying again: {Problem}")]
    private static partial void LogFailed(ILogger log, string problem);
}

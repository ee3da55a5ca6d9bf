using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Linux.Machine;
using Berth.Node.Lifecycle.Eviction;
using Berth.Node.PodSync;
using ApiStatus = Berth.Api.Core.V1.NodeStatus;

namespace Berth.Node.NodeStatus;

/// <summary>What the node tells of its machine: capacity, what pods may have of it, labels, versions.</summary>
public sealed class NodeFacts(NodeAgentOptions options, Func<MachineInfo> current)
{
    // What this agent speaks; clients compare it with the server's.
    public const string KubeletVersion = "v1.36.0+berth";

    /// <summary>As last seen.</summary>
    public MachineInfo Machine => current();

    /// <summary>Resources that a plugin has served once.</summary>
    public Func<IReadOnlyCollection<string>> KnownDevices { get; init; } = static () => [];

    /// <summary>What plugins add: capacity and what of it may be granted.</summary>
    public Func<(ApiMap<Quantity> Capacity, ApiMap<Quantity> Allocatable)> Devices { get; init; } = static () => ([], []);

    public ApiMap<string> Labels => ApiMap.Of(
        ("kubernetes.io/hostname", options.NodeName),
        ("kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", Machine.Architecture),
        ("beta.kubernetes.io/os", "linux"),
        ("beta.kubernetes.io/arch", Machine.Architecture)).With(options.Labels);

    public ApiMap<Quantity> Capacity
    {
        get
        {
            var capacity = new Dictionary<string, Quantity>
            {
                ["cpu"] = Quantity.FromUnits(Machine.CpuCount),
                ["memory"] = Kibi(Machine.MemoryBytes),
                ["pods"] = Quantity.FromUnits(options.PodsMax),
                ["ephemeral-storage"] = Kibi(DiskBytes()),
            };
            foreach (var (size, count) in Machine.HugePages)
                capacity["hugepages-" + Quantity.FromBytes(size)] = Quantity.FromBytes(size * count);
            return capacity.ToApiMap();
        }
    }

    public ApiMap<Quantity> Allocatable
    {
        get
        {
            // As in Kubernetes: eviction begins when less than its thresholds is free, so pods are never promised it.
            var huge = Machine.HugePages.Sum(p => p.Key * p.Value);
            return Capacity.Select(entry =>
            {
                var value = entry.Value - options.Reserved.GetOr(entry.Key);
                // Eviction begins when less than its thresholds is free, so pods are never promised it.
                if (entry.Key == "memory") value -= Quantity.FromBytes(Kept(EvictionSignals.Memory, entry.Value) + huge);
                if (entry.Key == "ephemeral-storage") value -= Quantity.FromUnits(Kept(EvictionSignals.NodeDisk, entry.Value));
                return KeyValuePair.Create(entry.Key, value.IsNegative ? Quantity.Zero : value);
            }).ToApiMap().With(Devices().Allocatable);
        }
    }

    private ApiMap<Quantity> Absent() => KnownDevices().Select(r => KeyValuePair.Create(r, Quantity.Zero)).ToApiMap();

    private static ApiMap<Quantity> Declared(ApiStatus status) =>
        status.Capacity.Where(c => c.Key.Contains('/') && !c.Key.StartsWith("kubernetes.io/", StringComparison.Ordinal)).ToApiMap();

    public ApiStatus Describe(ApiStatus before, string runtimeVersion, ApiList<ContainerImage> images, ApiList<NodeCondition> conditions) => before with
    {
        // What others declare on the node stays, and all of it is for pods. A plugin's devices count only while it is there.
        Capacity = Declared(before).With(Absent()).With(Capacity).With(Devices().Capacity),
        Allocatable = Declared(before).With(Absent()).With(Allocatable),
        Addresses =
        [
            .. options.Addresses.Select(a => new NodeAddress { Type = "InternalIP", Address = a }),
            new NodeAddress { Type = "Hostname", Address = options.NodeName },
        ],
        DaemonEndpoints = new NodeDaemonEndpoints { KubeletEndpoint = new DaemonEndpoint { Port = options.Server?.Port ?? 0 } },
        NodeInfo = new NodeSystemInfo
        {
            MachineID = Machine.MachineId,
            SystemUUID = Machine.SystemUuid,
            BootID = Machine.BootId,
            KernelVersion = Machine.KernelVersion,
            OsImage = Machine.OsImage,
            ContainerRuntimeVersion = runtimeVersion,
            KubeletVersion = KubeletVersion,
            OperatingSystem = "linux",
            Architecture = Machine.Architecture,
            Swap = Machine.SwapBytes > 0 ? new NodeSwapStatus { Capacity = Machine.SwapBytes } : null,
        },
        Images = images,
        Conditions = conditions,
        RuntimeHandlers = [new NodeRuntimeHandler { Name = "", Features = new NodeRuntimeHandlerFeatures { RecursiveReadOnlyMounts = false, UserNamespaces = false } }],
        Features = new NodeFeatures { SupplementalGroupsPolicy = false },
    };

    private long Kept(string signal, Quantity total) => options.Configuration.Eviction.Hard.TryGetValue(signal, out var hard) ? hard.Of(total.Value) : 0;

    private static Quantity Kibi(long bytes) => Quantity.Parse((bytes / 1024).ToString(CultureInfo.InvariantCulture) + "Ki");

    private long DiskBytes() => new DriveInfo(options.DataDirectory).TotalSize;
}

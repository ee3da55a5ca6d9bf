using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Resources;
using Berth.Node.Streaming;

namespace Berth.Node;

/// <summary>What one node agent is told about its node and its cluster.</summary>
public sealed record NodeAgentOptions
{
    public required string NodeName { get; init; }

    /// <summary>Below it: pods/ (volumes and managed files) and logs/ (containers' output).</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Addresses under which other machines reach this one, the primary first; hostIP of its pods.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>Ranges of the pods' addresses, one per family; written to the Node when it is registered.</summary>
    public IReadOnlyList<string> PodCidrs { get; init; } = [];

    public ApiMap<string> Labels { get; init; } = [];

    /// <summary>What the rest of the machine's parts tell the cluster in the Node; what is empty is taken away.</summary>
    public ApiMap<string> Annotations { get; init; } = [];

    public ApiList<Taint> Taints { get; init; } = [];

    /// <summary>As in Kubernetes' node agent.</summary>
    public int PodsMax { get; init; } = 110;

    /// <summary>Address of the cluster's DNS; null gives pods the node's own resolvers.</summary>
    public string? ClusterDns { get; init; }

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Parent of all pods' cgroups. Two agents on one machine need two.</summary>
    public string CgroupRoot { get; init; } = "/kubepods";

    /// <summary>Kept from pods for the system, by resource name.</summary>
    public ApiMap<Quantity> Reserved { get; init; } = [];

    /// <summary>containerd's socket: its own events serve where its CRI has none (before 1.7). Null polls there.</summary>
    public string? ContainerdSocket { get; init; }

    /// <summary>Below it: device-plugins/ and pod-resources/ with their sockets. Plugins of vendors look in /var/lib/kubelet; a second agent on a machine needs another place. Null serves neither.</summary>
    public string? KubeletDirectory { get; init; }

    /// <summary>The agent's own HTTPS endpoint; null for none.</summary>
    public KubeletServerOptions? Server { get; init; }

    /// <summary>
    /// Called when a pod has its addresses and before the first container starts, which waits for it: network policies are to hold from the
    /// first packet on. An IOException is tried again. Null: nothing is waited for.
    /// </summary>
    public Func<Pod, IReadOnlyList<string>, CancellationToken, Task>? PodAddressed { get; init; }

    /// <summary>Where the CNI plugins leave the host's resolvers' settings.</summary>
    public string HostResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>How the node shares out what it has. What it sets stands over <see cref="PodsMax"/> and adds to <see cref="Reserved"/>.</summary>
    public NodeConfiguration Configuration { get; init; } = NodeConfiguration.Default;

    /// <summary>Reads a file of <c>staticPodPath</c>: YAML or JSON, with the API's defaults. Throws <see cref="FormatException"/>. Null: static pods are not read.</summary>
    public Func<byte[], Pod>? ReadPod { get; init; }

    /// <summary>Longest grace of a shutdown of the API's view: how long <see cref="NodeAgent.RunAsync"/> waits for workers when stopped.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the built-in provisioner's volumes are; null for a folder of the data directory.</summary>
    public string? LocalVolumes { get; init; }

    public string LocalVolumesDirectory => LocalVolumes ?? Path.Combine(DataDirectory, "volumes");

    /// <summary>Where CSI drivers and device plugins, whose manifests name Kubernetes' directory, find the pods and each other.</summary>
    public string PluginRoot => KubeletDirectory ?? DataDirectory;

    public string PodsDirectory => Path.Combine(PluginRoot, "pods");

    public string LogsDirectory => Path.Combine(DataDirectory, "logs");

    public string DeviceGrantsFile => Path.Combine(DataDirectory, "resources", "devices");

    /// <summary>Where devices are looked for: / for the machine; tests and agents in containers may look elsewhere.</summary>
    public string DeviceRoot { get; init; } = "/";

    /// <summary>Where the specifications of Berth's own drivers for the Container Device Interface are written; runtimes look there too.</summary>
    public string CdiDirectory { get; init; } = "/var/run/cdi";

    /// <summary>Groups of devices for pods, in JSON or what <see cref="DeviceFileToJson"/> makes JSON of; need not be there.</summary>
    public string DeviceFile => Path.Combine(DataDirectory, "devices.yaml");

    public Func<byte[], byte[]> DeviceFileToJson { get; init; } = static json => json;

    public string ClaimGrantsFile => Path.Combine(DataDirectory, "resources", "claims");

    public string AllocationsFile => Path.Combine(DataDirectory, "resources", "allocations.json");

    public string SeccompDirectory => Path.Combine(DataDirectory, "seccomp");
}

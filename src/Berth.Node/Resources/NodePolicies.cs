using System.Globalization;
using Berth.Api;
using Berth.Node.Lifecycle.Eviction;
using Berth.Resources.Allocation;
using Berth.Resources.Cpu;
using Berth.Resources.Topology;

namespace Berth.Node.Resources;

/// <summary>A configuration on a machine: which CPUs and how much memory of which node the reservations are. Pure.</summary>
public static class NodePolicies
{
    /// <param name="present">CPUs that are plugged in, whether online or not; null: those of the topology. What names one that is offline is no mistake.</param>
    /// <param name="hot">The machine changed under a running agent: what it lost is left out, and nothing is refused.</param>
    /// <exception cref="NodeConfigurationException">The machine does not have what the configuration names, or its parts contradict each other.</exception>
    public static NodePolicy Of(NodeConfiguration configuration, NodeTopology topology, CpuSet? present = null, bool hot = false)
    {
        var reserved = ReservedCpus(configuration, topology, present ?? topology.AllCpus);
        if (configuration.Cpu.Static && reserved.IsEmpty)
            throw new NodeConfigurationException("cpuManagerPolicy", "static leaves the system and other pods no CPU: reserve at least one by reservedSystemCPUs, or by cpu in kubeReserved or systemReserved");
        if (configuration.Cpu is { Static: true, AlignBySocket: true })
        {
            if (configuration.Alignment == AlignmentPolicy.SingleNumaNode)
                throw new NodeConfigurationException("cpuManagerPolicyOptions[align-by-socket]", "it contradicts topologyManagerPolicy: single-numa-node");
            if (topology.SocketCount > topology.NumaNodes.Count)
                throw new NodeConfigurationException("cpuManagerPolicyOptions[align-by-socket]", string.Create(CultureInfo.InvariantCulture, $"the machine has more sockets ({topology.SocketCount}) than NUMA nodes ({topology.NumaNodes.Count})"));
        }

        return new()
        {
            Cpu = configuration.Cpu,
            StaticMemory = configuration.StaticMemory,
            Alignment = configuration.Alignment,
            PodScope = configuration.PodScope,
            ReservedCpus = reserved,
            ReservedMemory = configuration.StaticMemory ? ReservedMemory(configuration, topology, hot) : [],
        };
    }

    /// <summary>What pods do not get, as the node's status subtracts it.</summary>
    public static ApiMap<Quantity> Reserved(NodeConfiguration configuration) => configuration.ReservedCpus is { } cpus
        ? configuration.Reserved.With("cpu", Quantity.FromUnits(cpus.Count))
        : configuration.Reserved;

    private static CpuSet ReservedCpus(NodeConfiguration configuration, NodeTopology topology, CpuSet present)
    {
        if (configuration.ReservedCpus is { } named)
        {
            var missing = named - topology.AllCpus - present;
            if (!missing.IsEmpty)
                throw new NodeConfigurationException("reservedSystemCPUs", $"this machine has no CPUs {missing}; it has {topology.AllCpus}");
            // The system must have one, whichever of those named are offline.
            return named.Overlaps(topology.AllCpus) ? named & topology.AllCpus : CpuSet.Of([topology.AllCpus.First]);
        }

        var count = (int)((configuration.Reserved.GetOr("cpu").MilliValue + 999) / 1000);
        if (count > topology.AllCpus.Count && count <= (present | topology.AllCpus).Count)
            return topology.AllCpus;
        if (count > topology.AllCpus.Count)
            throw new NodeConfigurationException("kubeReserved", string.Create(CultureInfo.InvariantCulture, $"{count} CPUs are reserved with systemReserved; this machine has {topology.AllCpus.Count}"));
        var reserved = CpuSet.Empty;
        foreach (var node in topology.NumaNodes)
        {
            var more = Math.Min(count - reserved.Count, topology.CpusOf(node.Id).Count);
            reserved |= CpuPicker.Pick(topology, CpuPolicy.None, topology.CpusOf(node.Id), more);
        }

        return reserved;
    }

    private static ApiMap<ApiMap<long>> ReservedMemory(NodeConfiguration configuration, NodeTopology topology, bool hot)
    {
        var total = topology.NumaNodes.Sum(n => n.Memory.GetOr("memory"));
        var asked = configuration.Reserved.GetOr("memory").Value + (configuration.Eviction.Hard.TryGetValue(EvictionSignals.Memory, out var kept) ? kept.Of(total) : 0);
        if (configuration.ReservedMemory is { } given)
        {
            if (hot)
                return given;
            foreach (var node in given.Keys)
            {
                if (topology.NumaNodes.All(n => n.Id.ToString(CultureInfo.InvariantCulture) != node))
                    throw new NodeConfigurationException("reservedMemory", $"this machine has no NUMA node {node}; it has {topology.Nodes}");
            }

            var sum = given.Values.Sum(m => m.GetOr("memory"));
            if (sum != asked)
                throw new NodeConfigurationException("reservedMemory", $"the memory of its nodes sums up to {Quantity.FromBytes(sum)}; kubeReserved, systemReserved and evictionHard reserve {Quantity.FromBytes(asked)}");
            return given;
        }

        var result = ApiMap<ApiMap<long>>.Empty;
        foreach (var node in topology.NumaNodes)
        {
            var here = Math.Min(asked, node.Memory.GetOr("memory"));
            asked -= here;
            if (here > 0)
                result = result.With(node.Id.ToString(CultureInfo.InvariantCulture), ApiMap<long>.Empty.With("memory", here));
        }

        return result;
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Berth.Controllers.NodeRanges;

/// <summary>Divides one of the cluster's pod ranges into ranges of nodes. Pure.</summary>
/// <param name="nodePrefix">Length of a node's prefix; at least the cluster's.</param>
public sealed class NodeRangePlan(IPNetwork cluster, int nodePrefix)
{
    /// <summary>254 pods: more than the 110 that a node takes.</summary>
    public const int UsualPrefix = 24;

    /// <summary>Of IPv6: what one link has by custom.</summary>
    private const int UsualPrefixV6 = 64;

    /// <summary>65,536 nodes, as in Kubernetes: which are taken is kept in a bit for each.</summary>
    private const int NodeBitsMax = 16;

    public NodeRangePlan(IPNetwork cluster)
        : this(cluster, NodePrefix(cluster))
    {
    }

    public int Count => 1 << (nodePrefix - cluster.PrefixLength);

    public IPNetwork this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return new IPNetwork(AddressOf(Number(cluster.BaseAddress) + ((UInt128)(uint)index << HostBits)), nodePrefix);
        }
    }

    private int Bits => cluster.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;

    private int HostBits => Bits - nodePrefix;

    /// <summary>The first range that none of the others meets; null when all are taken.</summary>
    /// <param name="taken">Of any length, of any cluster, of either family.</param>
    public IPNetwork? Free(IEnumerable<IPNetwork> taken)
    {
        var used = new System.Collections.BitArray(Count);
        foreach (var range in taken)
        {
            if (range.BaseAddress.AddressFamily != cluster.BaseAddress.AddressFamily)
                continue;
            if (range.PrefixLength <= cluster.PrefixLength && range.Contains(cluster.BaseAddress))
                return null;
            if (!cluster.Contains(range.BaseAddress))
                continue;
            var first = (int)((Number(range.BaseAddress) - Number(cluster.BaseAddress)) >> HostBits);
            var count = range.PrefixLength >= nodePrefix ? 1 : 1 << (nodePrefix - range.PrefixLength);
            for (var i = first; i < first + count && i < Count; i++)
                used[i] = true;
        }

        for (var i = 0; i < Count; i++)
        {
            if (!used[i])
                return this[i];
        }

        return null;
    }

    private static int NodePrefix(IPNetwork cluster)
    {
        var prefix = cluster.PrefixLength;
        if (cluster.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
            return Math.Max(UsualPrefix, prefix);
        // A range too small for many links of the usual size still has room for 256 nodes.
        return prefix > UsualPrefixV6 - 8 ? Math.Min(prefix + 8, 128) : Math.Min(UsualPrefixV6, prefix + NodeBitsMax);
    }

    private static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private IPAddress AddressOf(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(bytes[(16 - (Bits / 8))..]);
    }
}

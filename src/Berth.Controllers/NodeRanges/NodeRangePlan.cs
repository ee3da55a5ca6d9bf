using System.Buffers.Binary;
using System.Net;

namespace Berth.Controllers.NodeRanges;

/// <summary>Divides the cluster's pod range into ranges of nodes. Pure.</summary>
/// <param name="cluster">IPv4.</param>
/// <param name="nodePrefix">Length of a node's prefix; at least the cluster's.</param>
public sealed class NodeRangePlan(IPNetwork cluster, int nodePrefix)
{
    /// <summary>254 pods: more than the 110 that a node takes.</summary>
    public const int UsualPrefix = 24;

    public NodeRangePlan(IPNetwork cluster)
        : this(cluster, Math.Max(UsualPrefix, cluster.PrefixLength))
    {
    }

    public int Count => 1 << (nodePrefix - cluster.PrefixLength);

    public IPNetwork this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            var bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, Number(cluster.BaseAddress) + ((uint)index << (32 - nodePrefix)));
            return new IPNetwork(new IPAddress(bytes), nodePrefix);
        }
    }

    /// <summary>The first range that none of the others meets; null when all are taken.</summary>
    /// <param name="taken">Of any length, of any cluster.</param>
    public IPNetwork? Free(IEnumerable<IPNetwork> taken)
    {
        var used = new System.Collections.BitArray(Count);
        foreach (var range in taken)
        {
            if (range.BaseAddress.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork)
                continue;
            if (range.PrefixLength <= cluster.PrefixLength && range.Contains(cluster.BaseAddress))
                return null;
            if (!cluster.Contains(range.BaseAddress))
                continue;
            var first = (int)((Number(range.BaseAddress) - Number(cluster.BaseAddress)) >> (32 - nodePrefix));
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

    private static uint Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}

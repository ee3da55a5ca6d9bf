using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Admission.Services;

/// <summary>
/// The addresses and ports that services are given. Each range has a lower band, which is taken by request only until the rest
/// is used up: people who name addresses (cluster DNS, say) choose small ones, and must not find them taken by chance.
/// </summary>
public sealed class ServiceNetwork
{
    /// <summary>As kube-apiserver's <c>--service-node-port-range</c>.</summary>
    public const int NodePortFirst = 30000;

    public const int NodePortLast = 32767;

    private readonly uint _base;

    /// <exception cref="ArgumentException">Not IPv4, or not of 8 to 30 bits.</exception>
    public ServiceNetwork(IPNetwork cidr)
    {
        if (cidr.BaseAddress.AddressFamily != AddressFamily.InterNetwork || cidr.PrefixLength is < 8 or > 30)
            throw new ArgumentException($"{cidr} is not an IPv4 prefix of 8 to 30 bits, such as 10.96.0.0/16.", nameof(cidr));
        Cidr = cidr.ToString();
        _base = BinaryPrimitives.ReadUInt32BigEndian(cidr.BaseAddress.GetAddressBytes());
        // Neither the network's own address nor the broadcast address.
        Size = (int)(1u << (32 - cidr.PrefixLength)) - 2;
    }

    public string Cidr { get; }

    /// <summary>Number of addresses that services may have.</summary>
    public int Size { get; }

    /// <summary>How many of the lowest addresses are kept for requests.</summary>
    public int ReservedAddresses => Band(Size, 16, 256);

    public static int ReservedNodePorts => 86;

    /// <summary>The address of the API server's own service, first in the range.</summary>
    public IPAddress ApiServer => Address(0);

    /// <summary>The address of the cluster's DNS: the tenth, by wide custom. Never given to another service unasked.</summary>
    public IPAddress Dns => Address(Math.Min(9, Size - 1));

    public IPAddress Address(int index)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, _base + 1 + (uint)index);
        return new IPAddress(bytes);
    }

    /// <summary>Place of an address in the range; -1 when it is outside.</summary>
    public int IndexOf(string address)
    {
        if (IpRules.Parse(address) is not { AddressFamily: AddressFamily.InterNetwork } parsed)
            return -1;
        var index = (long)BinaryPrimitives.ReadUInt32BigEndian(parsed.GetAddressBytes()) - _base - 1;
        return index >= 0 && index < Size ? (int)index : -1;
    }

    private static int Band(int size, int least, int most) => size < 32 ? 0 : Math.Min(Math.Max(size / 16, least), most);
}

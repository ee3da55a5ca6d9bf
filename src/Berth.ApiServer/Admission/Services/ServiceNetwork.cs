using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Berth.ApiServer.Validation;
using ServiceCIDR = Berth.Api.Networking.V1.ServiceCIDR;

namespace Berth.ApiServer.Admission.Services;

/// <summary>
/// The addresses and ports that services are given. Each range has a lower band, which is taken by request only until the rest
/// is used up: people who name addresses (cluster DNS, say) choose small ones, and must not find them taken by chance.
/// </summary>
/// <remarks>Addresses count as numbers; an IPv4 address as its IPv6-mapped form, so that the families cannot meet.</remarks>
public sealed class ServiceNetwork
{
    /// <summary>As kube-apiserver's <c>--service-node-port-range</c>.</summary>
    public const int NodePortFirst = 30000;

    public const int NodePortLast = 32767;

    /// <summary>Larger ranges are used in part: the search for a free address must not have to think in 128 bits.</summary>
    private const int HostBitsMax = 60;

    private readonly NumberRange _range;

    /// <exception cref="ArgumentException">Not IPv4, or not of 8 to 30 bits.</exception>
    public ServiceNetwork(IPNetwork cidr)
    {
        if (cidr.BaseAddress.AddressFamily != AddressFamily.InterNetwork || cidr.PrefixLength is < 8 or > 30)
            throw new ArgumentException($"{cidr} is not an IPv4 prefix of 8 to 30 bits, such as 10.96.0.0/16.", nameof(cidr));
        Cidr = cidr.ToString();
        _range = RangeOf(cidr);
    }

    public string Cidr { get; }

    public static int ReservedNodePorts => 86;

    internal static NumberRange NodePorts => new(NodePortFirst, NodePortLast - NodePortFirst + 1, ReservedNodePorts);

    /// <summary>The address of the cluster's DNS: the tenth, by wide custom. Never given to another service unasked.</summary>
    internal UInt128 Dns => _range.First + (UInt128)Math.Min(9, _range.Size - 1);

    /// <summary>Every range in use: the configured one, and the IPv4 prefixes of those ServiceCIDRs that are ready and not on their way out.</summary>
    internal IReadOnlyList<(string Cidr, NumberRange Range)> Ranges(IEnumerable<ServiceCIDR> objects)
    {
        List<(string, NumberRange)> ranges = [(Cidr, _range)];
        foreach (var item in objects.OrderBy(o => o.Metadata.Name, StringComparer.Ordinal))
        {
            if (item.Metadata.DeletionTimestamp is not null || !item.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }))
                continue;
            foreach (var text in item.Spec.Cidrs)
            {
                if (text != Cidr && IPNetwork.TryParse(text, out var cidr) && cidr.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
                    ranges.Add((text, RangeOf(cidr)));
            }
        }

        return ranges;
    }

    /// <summary>Null for what is no address.</summary>
    internal static UInt128? NumberOf(string address) =>
        IpRules.Parse(address) is { } parsed ? BinaryPrimitives.ReadUInt128BigEndian(parsed.MapToIPv6().GetAddressBytes()) : null;

    internal static IPAddress Address(UInt128 number)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    // Neither the network's own address nor, in IPv4, the broadcast address.
    private static NumberRange RangeOf(IPNetwork cidr)
    {
        var v4 = cidr.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        var hostBits = Math.Min((v4 ? 32 : 128) - cidr.PrefixLength, HostBitsMax);
        var size = hostBits switch
        {
            0 => 1,
            1 => 2,
            _ => (1L << hostBits) - (v4 ? 2 : 1),
        };
        var first = BinaryPrimitives.ReadUInt128BigEndian(cidr.BaseAddress.MapToIPv6().GetAddressBytes()) + (hostBits > 1 ? (UInt128)1 : 0);
        return new NumberRange(first, size, Band(size, 16, 256));
    }

    private static long Band(long size, int least, int most) => size < 32 ? 0 : Math.Min(Math.Max(size / 16, least), most);
}

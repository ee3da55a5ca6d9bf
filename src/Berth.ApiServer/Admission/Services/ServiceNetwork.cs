using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Berth.ApiServer.Validation;
using Berth.Resources.Addresses;
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

    private readonly IpRanges _cidrs;

    /// <exception cref="ArgumentException">Not of 8 to 30 bits in IPv4, or of 8 to 126 bits in IPv6.</exception>
    public ServiceNetwork(IpRanges cidrs)
    {
        foreach (var cidr in cidrs.All)
        {
            var most = cidr.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 30 : 126;
            if (cidr.PrefixLength < 8 || cidr.PrefixLength > most)
                throw new ArgumentException($"{cidr} is not a prefix of 8 to {most} bits, such as 10.96.0.0/16 or fd96::/108.", nameof(cidrs));
        }

        _cidrs = cidrs;
        Families = [.. cidrs.Families.Select(NameOf)];
    }

    /// <summary>"IPv4", "IPv6" or both, the primary first.</summary>
    internal IReadOnlyList<string> Families { get; }

    public static int ReservedNodePorts => 86;

    internal static NumberRange NodePorts => new(NodePortFirst, NodePortLast - NodePortFirst + 1, ReservedNodePorts);

    /// <summary>The address of the cluster's DNS: the tenth, by wide custom. Never given to another service unasked.</summary>
    internal UInt128 Dns
    {
        get
        {
            var range = RangeOf(_cidrs.Primary);
            return range.First + (UInt128)Math.Min(9, range.Size - 1);
        }
    }

    /// <summary>Every range in use: the configured ones, and the prefixes of those ServiceCIDRs that are ready and not on their way out, of families that the cluster has.</summary>
    internal IReadOnlyList<ServiceRange> Ranges(IEnumerable<ServiceCIDR> objects)
    {
        List<ServiceRange> ranges = [.. _cidrs.All.Select(Range)];
        foreach (var item in objects.OrderBy(o => o.Metadata.Name, StringComparer.Ordinal))
        {
            if (item.Metadata.DeletionTimestamp is not null || !item.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }))
                continue;
            foreach (var text in item.Spec.Cidrs)
            {
                if (IPNetwork.TryParse(text, out var cidr) && !_cidrs.All.Contains(cidr) && Families.Contains(NameOf(cidr.BaseAddress.AddressFamily)))
                    ranges.Add(Range(cidr));
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

    private static string NameOf(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";

    private static ServiceRange Range(IPNetwork cidr) => new(cidr.ToString(), NameOf(cidr.BaseAddress.AddressFamily), RangeOf(cidr));

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

/// <param name="Family">"IPv4" or "IPv6".</param>
internal readonly record struct ServiceRange(string Cidr, string Family, NumberRange Range);

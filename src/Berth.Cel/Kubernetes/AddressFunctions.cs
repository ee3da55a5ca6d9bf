using System.Net;
using System.Net.Sockets;
using Berth.Cel.Functions;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Kubernetes;

/// <summary>IP addresses and ranges of them, in strict notation: no zones, no leading zeros, no IPv4 in IPv6.</summary>
internal static class AddressFunctions
{
    public static CelType Ip { get; } = CelType.Opaque("net.IP");

    public static CelType Cidr { get; } = CelType.Opaque("net.CIDR");

    public static void Declare(FunctionTable table)
    {
        table.Add("ip", [CelType.String], Ip, static a => Address(a[0]));
        table.Add("isIP", [CelType.String], CelType.Bool, static a => Address(a[0]) is CelIp);
        table.Add("ip.isCanonical", [CelType.String], CelType.Bool, static a => Address(a[0]) is CelIp ip ? ip.ToString() == ((CelString)a[0]).Value : Address(a[0]));
        table.Add("string", [Ip], CelType.String, static a => a[0].ToString()!);
        table.Member("family", [Ip], CelType.Int, static a => Of(a[0]).AddressFamily == AddressFamily.InterNetwork ? 4L : 6L);
        table.Member("isUnspecified", [Ip], CelType.Bool, static a => Of(a[0]).Equals(IPAddress.Any) || Of(a[0]).Equals(IPAddress.IPv6Any));
        table.Member("isLoopback", [Ip], CelType.Bool, static a => IPAddress.IsLoopback(Of(a[0])));
        table.Member("isLinkLocalMulticast", [Ip], CelType.Bool, static a => Bytes(a[0]) is var b && b.Length == 4 ? b is [224, 0, 0, _] : b[0] == 0xff && (b[1] & 0x0f) == 2);
        table.Member("isLinkLocalUnicast", [Ip], CelType.Bool, static a => IsLinkLocal(Bytes(a[0])));
        table.Member("isGlobalUnicast", [Ip], CelType.Bool, static a => IsGlobal(Of(a[0])));

        table.Add("cidr", [CelType.String], Cidr, static a => Range(a[0]));
        table.Add("isCIDR", [CelType.String], CelType.Bool, static a => Range(a[0]) is CelCidr);
        table.Add("string", [Cidr], CelType.String, static a => a[0].ToString()!);
        table.Member("containsIP", [Cidr, CelType.String], CelType.Bool, static a => Address(a[1]) is CelIp ip ? ((CelCidr)a[0]).Contains(ip.Value) : Address(a[1]));
        table.Member("containsIP", [Cidr, Ip], CelType.Bool, static a => ((CelCidr)a[0]).Contains(Of(a[1])));
        table.Member("containsCIDR", [Cidr, CelType.String], CelType.Bool, static a => Range(a[1]) is CelCidr inner ? ((CelCidr)a[0]).Contains(inner) : Range(a[1]));
        table.Member("containsCIDR", [Cidr, Cidr], CelType.Bool, static a => ((CelCidr)a[0]).Contains((CelCidr)a[1]));
        table.Member("ip", [Cidr], Ip, static a => new CelIp(((CelCidr)a[0]).Address));
        table.Member("prefixLength", [Cidr], CelType.Int, static a => (long)((CelCidr)a[0]).Length);
        table.Member("masked", [Cidr], Cidr, static a => ((CelCidr)a[0]).Masked());
    }

    private static IPAddress Of(CelValue value) => ((CelIp)value).Value;

    private static byte[] Bytes(CelValue value) => Of(value).GetAddressBytes();

    private static bool IsLinkLocal(byte[] b) => b.Length == 4 ? b is [169, 254, ..] : b[0] == 0xfe && (b[1] & 0xc0) == 0x80;

    private static bool IsGlobal(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var isMulticast = bytes.Length == 4 ? bytes[0] is >= 224 and <= 239 : bytes[0] == 0xff;
        return !isMulticast && !IPAddress.IsLoopback(address) && !IsLinkLocal(bytes) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            && !address.Equals(IPAddress.Broadcast);
    }

    private static CelValue Address(CelValue text) => CelIp.TryParse(((CelString)text).Value, out var problem) ?? (CelValue)new CelError(problem);

    private static CelValue Range(CelValue text) => CelCidr.TryParse(((CelString)text).Value)
        ?? (CelValue)new CelError($"network address parse error during conversion from string: network address {CelString.Quote(((CelString)text).Value)} is invalid");
}

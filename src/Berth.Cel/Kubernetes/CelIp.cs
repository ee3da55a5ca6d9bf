using System.Net;
using System.Net.Sockets;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Kubernetes;

public sealed class CelIp(IPAddress value) : CelValue
{
    public IPAddress Value => value;

    public override CelType Type => AddressFunctions.Ip;

    public static CelIp? TryParse(string text, out string problem)
    {
        problem = $"IP Address {CelString.Quote(text)} parse error during conversion from string";
        if (text.Contains('%', StringComparison.Ordinal))
        {
            problem = $"IP address {CelString.Quote(text)} with zone value is not allowed";
            return null;
        }

        // The library also takes hexadecimal, octal and shortened notations of IPv4.
        var isSixth = text.Contains(':', StringComparison.Ordinal);
        if (!isSixth && (text.Split('.') is not { Length: 4 } parts || parts.Any(p => p.Length is 0 or > 3 || !p.All(char.IsAsciiDigit) || (p.Length > 1 && p[0] == '0'))))
            return null;
        if (text.Contains('[', StringComparison.Ordinal) || text.Contains('/', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var address))
            return null;
        if (address.IsIPv4MappedToIPv6)
        {
            problem = $"IPv4-mapped IPv6 address {CelString.Quote(text)} is not allowed";
            return null;
        }

        return new CelIp(address);
    }

    public override bool EqualTo(CelValue other) => other is CelIp ip && ip.Value.Equals(value);

    public override long Size => value.AddressFamily == AddressFamily.InterNetwork ? 4 : 16;

    public override string ToString() => value.ToString();
}

using System.Globalization;
using System.Net;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Kubernetes;

/// <summary>A range of addresses. Keeps the address as it was written; <see cref="Masked"/> is the range's first.</summary>
public sealed class CelCidr(IPAddress address, int length) : CelValue
{
    public IPAddress Address => address;

    public int Length => length;

    public override CelType Type => AddressFunctions.Cidr;

    public override long Size => (address.GetAddressBytes().Length * 8 + 7) / 8 + 1;

    public static CelCidr? TryParse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || CelIp.TryParse(text[..slash], out _) is not { } ip)
            return null;
        var bits = text[(slash + 1)..];
        return bits.Length is > 0 and <= 3 && bits.All(char.IsAsciiDigit) && (bits.Length == 1 || bits[0] != '0')
            && int.Parse(bits, CultureInfo.InvariantCulture) is var length && length <= ip.Value.GetAddressBytes().Length * 8
            ? new CelCidr(ip.Value, length)
            : null;
    }

    public bool Contains(IPAddress other)
    {
        var (mine, theirs) = (address.GetAddressBytes(), other.GetAddressBytes());
        if (mine.Length != theirs.Length)
            return false;
        for (var bit = 0; bit < length; bit++)
        {
            var mask = 0x80 >> (bit % 8);
            if ((mine[bit / 8] & mask) != (theirs[bit / 8] & mask))
                return false;
        }

        return true;
    }

    public bool Contains(CelCidr other) => other.Length >= length && Contains(other.Address);

    public CelCidr Masked()
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new CelCidr(new IPAddress(bytes), length);
    }

    public override bool EqualTo(CelValue other) => other is CelCidr c && c.Length == length && c.Address.Equals(address);

    public override string ToString() => $"{address}/{length}";
}

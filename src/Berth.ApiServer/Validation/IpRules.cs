using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.ApiServer.Validation;

/// <summary>Rules of IP addresses and prefixes. Accepts what Go's parser does: no zones, no short forms of IPv4.</summary>
public static class IpRules
{
    /// <summary>Null where the text is no address. Leading zeros are read as decimal, which is how they were always stored.</summary>
    public static IPAddress? Parse(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
            return text.AsSpan().ContainsAny("%[]") || !IPAddress.TryParse(text, out var v6) ? null : v6;
        var parts = text.Split('.');
        if (parts.Length != 4)
            return null;
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < 4; i++)
        {
            if (parts[i].Length is 0 or > 3 || !byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
                return null;
        }

        return new IPAddress(bytes);
    }

    public static bool IsV6(string text) => Parse(text)?.AddressFamily == AddressFamily.InterNetworkV6;

    /// <param name="accepted">Values that the stored object has already: they stay valid whatever they are.</param>
    public static bool Address(FieldErrors errors, FieldPath path, string text, IEnumerable<string>? accepted = null)
    {
        if (accepted?.Contains(text) == true)
            return true;
        var address = Parse(text);
        if (address is null)
            errors.Invalid(path, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        else if (HasLeadingZeros(text, address))
            errors.Invalid(path, text, "must not have leading 0s");
        else if (address.IsIPv4MappedToIPv6)
            errors.Invalid(path, text, "must not be an IPv4-mapped IPv6 address");
        else
            return true;
        return false;
    }

    public static bool Prefix(FieldErrors errors, FieldPath path, string text, IEnumerable<string>? accepted = null)
    {
        if (accepted?.Contains(text) == true)
            return true;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? null : Parse(text[..slash]);
        var max = address?.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        if (address is null || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > max)
            errors.Invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        else if (HasLeadingZeros(text[..slash], address) || (text.Length > slash + 2 && text[slash + 1] == '0'))
            errors.Invalid(path, text, "must not have leading 0s in IP or prefix length");
        else if (address.IsIPv4MappedToIPv6)
            errors.Invalid(path, text, "must not have an IPv4-mapped IPv6 address");
        else if (HasHostBits(address, length))
            errors.Invalid(path, text, "must not have bits set beyond the prefix length");
        else
            return true;
        return false;
    }

    /// <summary>An address at which traffic can arrive: nothing local to a machine or a link.</summary>
    public static void Endpoint(FieldErrors errors, FieldPath path, string text)
    {
        var address = Parse(text);
        if (address is null)
        {
            errors.Invalid(path, text, "must be a valid IP address");
            return;
        }

        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            errors.Invalid(path, text, $"may not be unspecified ({text})");
        if (IPAddress.IsLoopback(address))
            errors.Invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        var bytes = address.GetAddressBytes();
        if (address.IsIPv6LinkLocal || (bytes.Length == 4 && bytes[0] == 169 && bytes[1] == 254))
            errors.Invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        if ((bytes.Length == 4 && bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0) || (bytes.Length == 16 && bytes[0] == 0xff && (bytes[1] & 0x0f) == 2))
            errors.Invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
    }

    /// <summary>True when all addresses of one prefix are also of the other, which is larger. Both must be valid.</summary>
    public static bool IsStrictlyInside(string prefix, string of)
    {
        var (inner, outer) = (IPNetwork.Parse(prefix), IPNetwork.Parse(of));
        return inner.BaseAddress.AddressFamily == outer.BaseAddress.AddressFamily && outer.PrefixLength < inner.PrefixLength && outer.Contains(inner.BaseAddress);
    }

    /// <summary>True for exactly one address of each family.</summary>
    public static bool IsDualStack(IReadOnlyList<string> addresses) => addresses.Count == 2 && IsV6(addresses[0]) != IsV6(addresses[1]);

    private static bool HasLeadingZeros(string text, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && text.Split('.').Any(p => p.Length > 1 && p[0] == '0');

    private static bool HasHostBits(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0)
                return true;
        }

        return false;
    }
}

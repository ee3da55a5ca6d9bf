using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Berth.Controllers.LoadBalancers;

/// <summary>Addresses that load balancers may be given: prefixes and ranges, as <c>192.0.2.0/28, 192.0.2.40-192.0.2.60, 2001:db8::/120</c>.</summary>
public sealed class AddressPool
{
    public static readonly AddressPool Empty = new([]);

    private readonly ImmutableArray<(UInt128 First, UInt128 Last)> _ranges;

    private AddressPool(ImmutableArray<(UInt128 First, UInt128 Last)> ranges) => _ranges = ranges;

    public bool IsEmpty => _ranges.IsEmpty;

    /// <param name="problems">One for each part that is no prefix, range or address; the others are in the pool.</param>
    public static AddressPool Parse(string text, out IReadOnlyList<string> problems)
    {
        List<string> bad = [];
        var ranges = ImmutableArray.CreateBuilder<(UInt128, UInt128)>();
        foreach (var part in text.Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (RangeOf(part) is { } range)
                ranges.Add(range);
            else
                bad.Add($"\"{part}\" is neither a prefix such as 192.0.2.0/28 nor a range such as 192.0.2.10-192.0.2.20");
        }
        problems = bad;
        return new AddressPool(ranges.ToImmutable());
    }

    public bool Contains(IPAddress address) => NumberOf(address) is var number && _ranges.Any(r => number >= r.First && number <= r.Last);

    /// <summary>The first address of the family that is not taken, in the order in which the ranges were written; null where there is none.</summary>
    public IPAddress? Next(AddressFamily family, IReadOnlySet<IPAddress> taken)
    {
        foreach (var (first, last) in _ranges)
        {
            if (AddressOf(first).AddressFamily != family)
                continue;
            // Bounded by the number of taken addresses, however large the range is.
            for (var number = first; number <= last; number++)
            {
                var address = AddressOf(number);
                if (!taken.Contains(address))
                    return address;
            }
        }
        return null;
    }

    private static (UInt128 First, UInt128 Last)? RangeOf(string part)
    {
        if (IPNetwork.TryParse(part, out var prefix))
        {
            var v4 = prefix.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
            var bits = (v4 ? 32 : 128) - prefix.PrefixLength;
            var first = NumberOf(prefix.BaseAddress);
            var last = bits == 128 ? UInt128.MaxValue : first + ((UInt128.One << bits) - 1);
            // The network's own and the broadcast address are nobody's, save in prefixes too small to have them.
            return v4 && bits > 1 ? (first + 1, last - 1) : (first, last);
        }

        var ends = part.Split('-');
        if (ends.Length is 1 or 2 && IPAddress.TryParse(ends[0], out var low) && IPAddress.TryParse(ends[^1], out var high)
            && low.AddressFamily == high.AddressFamily && NumberOf(low) <= NumberOf(high))
            return (NumberOf(low), NumberOf(high));
        return null;
    }

    // IPv4 as its IPv6-mapped form: the families cannot meet.
    private static UInt128 NumberOf(IPAddress address) => BinaryPrimitives.ReadUInt128BigEndian(address.MapToIPv6().GetAddressBytes());

    private static IPAddress AddressOf(UInt128 number)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}

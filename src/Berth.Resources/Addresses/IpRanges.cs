using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Berth.Resources.Addresses;

/// <summary>Addresses of pods or Services: one range, or one of each family. What is the cluster's first family is its primary one.</summary>
/// <param name="Secondary">Of the other family; null where there is only one.</param>
public sealed record IpRanges(IPNetwork Primary, IPNetwork? Secondary = null)
{
    public IEnumerable<IPNetwork> All => Secondary is { } second ? [Primary, second] : [Primary];

    public IEnumerable<AddressFamily> Families => All.Select(r => r.BaseAddress.AddressFamily);

    public bool IsDualStack => Secondary is not null;

    public static implicit operator IpRanges(IPNetwork only) => new(only);

    /// <summary>Null where there is no range of that family.</summary>
    public IPNetwork? Of(AddressFamily family)
    {
        foreach (var range in All)
        {
            if (range.BaseAddress.AddressFamily == family)
                return range;
        }

        return null;
    }

    public bool Contains(IPAddress address) => All.Any(r => r.Contains(address));

    public bool Overlaps(IpRanges other) => All.Any(a => other.All.Any(b => a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress)));

    /// <summary>The same of each range.</summary>
    public IpRanges Map(Func<IPNetwork, IPNetwork> change) => new(change(Primary), Secondary is { } second ? change(second) : null);

    /// <param name="text">As <see cref="ToString"/> writes it: <c>10.42.0.0/16</c> or <c>10.42.0.0/16,fd42::/56</c>.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out IpRanges? ranges)
    {
        ranges = null;
        var parts = text.Split(',');
        if (parts.Length > 2 || !IPNetwork.TryParse(parts[0].Trim(), out var first))
            return false;
        if (parts.Length == 1)
        {
            ranges = new(first);
            return true;
        }

        if (!IPNetwork.TryParse(parts[1].Trim(), out var second) || second.BaseAddress.AddressFamily == first.BaseAddress.AddressFamily)
            return false;
        ranges = new(first, second);
        return true;
    }

    /// <exception cref="FormatException">It is neither one range nor one of each family.</exception>
    public static IpRanges Parse(string text) =>
        TryParse(text, out var ranges) ? ranges : throw new FormatException($"\"{text}\" is neither a range of addresses nor one of each family with a comma between");

    /// <exception cref="FormatException">They are none, or more than one of a family.</exception>
    public static IpRanges Of(IEnumerable<string> texts) => Parse(string.Join(',', texts));

    public override string ToString() => string.Join(',', All);
}

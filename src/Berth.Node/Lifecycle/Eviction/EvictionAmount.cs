using System.Globalization;
using Berth.Api;

namespace Berth.Node.Lifecycle.Eviction;

/// <summary>An amount of something, or a share of all of it: 100Mi, 10%.</summary>
/// <param name="Share">0 to 1; null for an amount.</param>
public readonly record struct EvictionAmount(Quantity Amount, double? Share)
{
    public long Of(long total) => Share is { } share ? (long)(total * share) : Amount.Value;

    public override string ToString() => Share is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##}%") : Amount.ToString();

    /// <exception cref="FormatException">Neither a quantity nor a percentage of 0 to 100.</exception>
    public static EvictionAmount Parse(string text)
    {
        if (!text.EndsWith('%')) return new EvictionAmount(Quantity.Parse(text), null);
        return double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100
            ? new EvictionAmount(default, percent / 100)
            : throw new FormatException($"'{text}' is not a percentage from 0% to 100%");
    }
}

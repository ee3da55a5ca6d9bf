using System.Globalization;
using Berth.Cel.Types;

namespace Berth.Cel.Values;

/// <summary>A span of time in nanoseconds; up to 292 years either way.</summary>
public sealed class CelDuration(long nanos) : CelValue
{
    public long Nanos => nanos;

    public override CelType Type => CelType.Duration;

    public override bool IsZero => nanos == 0;

    public static CelValue OfNanos(Int128 nanos) => nanos < long.MinValue || nanos > long.MaxValue ? CelError.DurationOverflow : new CelDuration((long)nanos);

    /// <summary>The words of Go: <c>1h30m</c>, <c>-1.5s</c>, <c>100ms</c>.</summary>
    public static bool TryParse(string text, out CelValue duration)
    {
        duration = CelNull.Instance;
        var rest = text.AsSpan();
        var negative = false;
        if (rest.Length > 0 && rest[0] is '-' or '+')
        {
            negative = rest[0] == '-';
            rest = rest[1..];
        }

        if (rest is "0")
        {
            duration = new CelDuration(0);
            return true;
        }

        if (rest.IsEmpty)
            return false;
        Int128 total = 0;
        while (!rest.IsEmpty)
        {
            var digits = 0;
            while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
                digits++;
            var letters = digits;
            while (letters < rest.Length && !char.IsAsciiDigit(rest[letters]) && rest[letters] != '.')
                letters++;
            if (digits == 0 || digits > 40 || letters == digits || UnitNanos(rest[digits..letters]) is not { } unit
                || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || number > long.MaxValue)
            {
                return false;
            }

            total += (Int128)(Math.Truncate(number)) * unit + (Int128)((number - Math.Truncate(number)) * unit);
            if (total > long.MaxValue)
                return false;
            rest = rest[letters..];
        }

        duration = new CelDuration((long)(negative ? -total : total));
        return true;
    }

    public override bool EqualTo(CelValue other) => other is CelDuration d && d.Nanos == nanos;

    /// <summary>In seconds, as <c>string(duration)</c> says it.</summary>
    public override string ToString()
    {
        var (seconds, rest) = Math.DivRem(nanos, 1_000_000_000);
        var sign = nanos < 0 ? "-" : "";
        var whole = UInt128.CreateChecked(Int128.Abs(seconds)).ToString(CultureInfo.InvariantCulture);
        return rest == 0
            ? $"{sign}{whole}s"
            : $"{sign}{whole}.{Math.Abs(rest).ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0')}s";
    }

    private static long? UnitNanos(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1,
        "us" or "µs" or "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => null,
    };
}

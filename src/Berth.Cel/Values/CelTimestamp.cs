using System.Globalization;
using System.Text.RegularExpressions;
using Berth.Cel.Types;

namespace Berth.Cel.Values;

/// <summary>An instant from year 1 to 9999, to the nanosecond.</summary>
public sealed partial class CelTimestamp : CelValue
{
    private const long SecondsMin = -62_135_596_800;
    private const long SecondsMax = 253_402_300_799;

    private CelTimestamp(long seconds, int nanos) => (Seconds, Nanos) = (seconds, nanos);

    /// <summary>Since 1970.</summary>
    public long Seconds { get; }

    public int Nanos { get; }

    /// <summary>Loses what is finer than a tick (100 ns).</summary>
    public DateTimeOffset Instant => DateTimeOffset.FromUnixTimeSeconds(Seconds).AddTicks(Nanos / 100);

    public override CelType Type => CelType.Timestamp;

    public override bool IsZero => Seconds == SecondsMin && Nanos == 0;

    /// <returns>An error outside of the years that there are.</returns>
    public static CelValue Of(Int128 seconds, int nanos = 0) =>
        seconds < SecondsMin || seconds > SecondsMax ? CelError.TimestampOverflow : new CelTimestamp((long)seconds, nanos);

    public static CelValue Of(DateTimeOffset instant) => OfNanos((Int128)(instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100);

    public static CelValue OfNanos(Int128 nanos)
    {
        var seconds = nanos / 1_000_000_000;
        var rest = (int)(nanos % 1_000_000_000);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + 1_000_000_000);
        return Of(seconds, rest);
    }

    /// <summary>Since 1970.</summary>
    public Int128 TotalNanos => (Int128)Seconds * 1_000_000_000 + Nanos;

    public static bool TryParse(string text, out CelValue timestamp)
    {
        timestamp = CelNull.Instance;
        var match = Form().Match(text);
        if (!match.Success || !DateTimeOffset.TryParseExact(
            match.Groups["whole"].Value + (match.Groups["zone"].Value is "Z" or "z" ? "+00:00" : match.Groups["zone"].Value),
            "yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
        {
            return false;
        }

        var fraction = match.Groups["fraction"].Value;
        var nanos = fraction.Length == 0 ? 0 : int.Parse(fraction.PadRight(9, '0')[..9], CultureInfo.InvariantCulture);
        timestamp = Of(instant.ToUnixTimeSeconds(), nanos);
        return timestamp is CelTimestamp;
    }

    public override bool EqualTo(CelValue other) => other is CelTimestamp t && t.Seconds == Seconds && t.Nanos == Nanos;

    public override string ToString()
    {
        var text = DateTimeOffset.FromUnixTimeSeconds(Seconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        return Nanos == 0 ? text + "Z" : $"{text}.{Nanos.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0')}Z";
    }

    [GeneratedRegex(@"^(?<whole>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.(?<fraction>\d+))?(?<zone>Z|[+-]\d{2}:\d{2})$", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}

using System.Globalization;

namespace Berth.Controllers.CronJobs;

/// <summary>One field of a cron schedule: the values at which it holds, one bit each.</summary>
/// <param name="IsStar">Written as <c>*</c> or <c>?</c>: the field says nothing. Matters for the days of month and week.</param>
internal readonly record struct CronField(ulong Bits, bool IsStar)
{
    public bool Has(int value) => (Bits >> value & 1) != 0;

    /// <summary>Reads lists of values, ranges and steps: <c>*</c>, <c>1-5</c>, <c>*/15</c>, <c>mon,wed</c>.</summary>
    /// <param name="names">Names of values from <paramref name="min"/> on; empty where there are none.</param>
    /// <exception cref="FormatException">The text is none of these, or a value is out of bounds.</exception>
    public static CronField Parse(string text, int min, int max, params ReadOnlySpan<string> names)
    {
        ulong bits = 0;
        var star = false;
        foreach (var part in text.Split(','))
        {
            var slash = part.IndexOf('/', StringComparison.Ordinal);
            var range = slash < 0 ? part : part[..slash];
            var step = slash < 0 ? 1 : Number(part[(slash + 1)..], text);
            if (step < 1)
                throw new FormatException($"step of range should be a positive number: {part}");
            int first, last;
            if (range is "*" or "?")
            {
                (first, last) = (min, max);
                // A star with a step does restrict.
                star |= step == 1;
            }
            else
            {
                var dash = range.IndexOf('-', StringComparison.Ordinal);
                first = Value(dash < 0 ? range : range[..dash], text, min, names);
                // "5/10" means from 5 to the end.
                last = dash >= 0 ? Value(range[(dash + 1)..], text, min, names) : slash >= 0 ? max : first;
            }

            if (first < min)
                throw new FormatException($"beginning of range ({first}) below minimum ({min}): {part}");
            if (last > max)
                throw new FormatException($"end of range ({last}) above maximum ({max}): {part}");
            if (first > last)
                throw new FormatException($"beginning of range ({first}) beyond end of range ({last}): {part}");
            for (var value = first; value <= last; value += step)
                bits |= 1UL << value;
        }

        return new(bits, star);
    }

    private static int Value(string text, string field, int min, ReadOnlySpan<string> names)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (text.Equals(names[i], StringComparison.OrdinalIgnoreCase))
                return min + i;
        }

        return Number(text, field);
    }

    private static int Number(string text, string field) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"failed to parse int from {text} in \"{field}\"");
}

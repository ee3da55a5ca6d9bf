using System.Globalization;
using System.Text;
using Berth.Cel.Values;

namespace Berth.Cel.Functions;

/// <summary><c>'%s has %d'.format([...])</c>: %s, %d, %f, %e, %b, %x, %X, %o and %%, with a precision for %f and %e.</summary>
internal static class StringFormat
{
    private const int PrecisionMax = 1000;

    public static CelValue Format(string format, CelList arguments)
    {
        var result = new StringBuilder();
        var used = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                result.Append(format[i]);
                continue;
            }

            if (++i >= format.Length)
                return new CelError("unexpected end of string");
            if (format[i] == '%')
            {
                result.Append('%');
                continue;
            }

            int? precision = null;
            if (format[i] == '.')
            {
                var start = ++i;
                while (i < format.Length && char.IsAsciiDigit(format[i]))
                    i++;
                if (i >= format.Length)
                    return new CelError("unable to find end of precision specifier");
                if (!int.TryParse(format.AsSpan(start, i - start), NumberStyles.None, CultureInfo.InvariantCulture, out var digits) || digits > PrecisionMax)
                    return new CelError("error while converting precision to integer");
                precision = digits;
            }

            if (used >= arguments.Count)
                return new CelError($"index {used} out of range");
            var argument = arguments[used++];
            if (argument is CelError)
                return argument;
            var text = Clause(format[i], argument, precision, out var problem);
            if (text is null)
                return new CelError(problem);
            result.Append(text);
        }

        return result.ToString();
    }

    private static string? Clause(char clause, CelValue value, int? precision, out string problem)
    {
        problem = clause switch
        {
            's' => $"error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given {value.Type.Name}",
            'd' => $"error during formatting: decimal clause can only be used on integers, was given {value.Type.Name}",
            'f' => $"error during formatting: fixed-point clause can only be used on doubles, was given {value.Type.Name}",
            'e' => $"error during formatting: scientific clause can only be used on doubles, was given {value.Type.Name}",
            'b' => $"error during formatting: only integers and bools can be formatted as binary, was given {value.Type.Name}",
            'x' or 'X' => $"error during formatting: only integers, byte buffers, and strings can be formatted as hex, was given {value.Type.Name}",
            'o' => $"error during formatting: octal clause can only be used on integers, was given {value.Type.Name}",
            _ => $"could not parse formatting clause: unrecognized formatting clause \"{clause}\"",
        };
        return (clause, value) switch
        {
            ('s', _) => Plain(value),
            ('d', CelInt or CelUint) => value.ToString(),
            ('d', CelDouble { Value: var d }) when !double.IsFinite(d) => Special(d),
            ('f', CelDouble or CelInt or CelUint) => Real(value) is var d && !double.IsFinite(d) ? Special(d) : d.ToString($"F{precision ?? 6}", CultureInfo.InvariantCulture),
            ('e', CelDouble or CelInt or CelUint) => Real(value) is var d && !double.IsFinite(d) ? Special(d) : Scientific(d, precision ?? 6),
            ('b', CelBool b) => b.Value ? "1" : "0",
            ('b', CelInt i) => Signed(i.Value, m => m.ToString("b", CultureInfo.InvariantCulture)),
            ('b', CelUint u) => u.Value.ToString("b", CultureInfo.InvariantCulture),
            ('o', CelInt i) => Signed(i.Value, Octal),
            ('o', CelUint u) => Octal(u.Value),
            ('x' or 'X', CelInt i) => Signed(i.Value, m => m.ToString(clause.ToString(), CultureInfo.InvariantCulture)),
            ('x' or 'X', CelUint u) => u.Value.ToString(clause.ToString(), CultureInfo.InvariantCulture),
            ('x', CelString s) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(s.Value)),
            ('X', CelString s) => Convert.ToHexString(Encoding.UTF8.GetBytes(s.Value)),
            ('x', CelBytes s) => Convert.ToHexStringLower(s.Value),
            ('X', CelBytes s) => Convert.ToHexString(s.Value),
            _ => null,
        };
    }

    private static string? Plain(CelValue value)
    {
        switch (value)
        {
            case CelList list:
                var items = new string?[list.Count];
                for (var i = 0; i < items.Length; i++)
                    items[i] = Plain(list[i]);
                return items.Contains(null) ? null : $"[{string.Join(", ", items)}]";
            case CelMap map:
                var entries = map.Keys.Select(k => (Key: Plain(k), Value: map.Find(k) is { } v ? Plain(v) : null)).ToList();
                return entries.Any(e => e.Key is null || e.Value is null)
                    ? null
                    : $"{{{string.Join(", ", entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}: {e.Value}"))}}}";
            case CelBytes bytes:
                return Encoding.UTF8.GetString(bytes.Value);
            case CelDouble d when !double.IsFinite(d.Value):
                return Special(d.Value);
            case CelBool or CelInt or CelUint or CelDouble or CelString or CelNull or CelTimestamp or CelDuration or CelTypeValue:
                return value.ToString();
            default:
                return null;
        }
    }

    private static double Real(CelValue value) => value switch { CelDouble d => d.Value, CelInt i => i.Value, _ => ((CelUint)value).Value };

    private static string Special(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private static string Signed(long value, Func<ulong, string> magnitude) => value < 0 ? "-" + magnitude((ulong)-(Int128)value) : magnitude((ulong)value);

    private static string Octal(ulong value)
    {
        var digits = "";
        do
            digits = (char)('0' + (value & 7)) + digits;
        while ((value >>= 3) > 0);
        return digits;
    }

    private static string Scientific(double value, int precision) =>
        value.ToString("0." + new string('0', precision) + "e+00", CultureInfo.InvariantCulture);
}

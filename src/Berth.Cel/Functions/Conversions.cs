using System.Globalization;
using System.Text;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Functions;

/// <summary>The functions that are named like types, <c>size</c>, <c>type</c> and <c>dyn</c>.</summary>
internal static class Conversions
{
    private static readonly UTF8Encoding s_strict = new(false, true);

    public static void Declare(FunctionTable table)
    {
        var (a, b) = (CelType.Parameter("A"), CelType.Parameter("B"));
        table.Add("type", [a], CelType.Type(a), static v => new CelTypeValue(v[0].Type));
        table.Add("dyn", [a], CelType.Dyn, static v => v[0]);
        foreach (var sized in new[] { CelType.String, CelType.Bytes, CelType.List(a), CelType.Map(a, b) })
        {
            table.Add("size", [sized], CelType.Int, static v => v[0].Size);
            table.Member("size", [sized], CelType.Int, static v => v[0].Size);
        }

        table.Add("bool", [CelType.Bool], CelType.Bool, static v => v[0]);
        table.Add("bool", [CelType.String], CelType.Bool, static v => ((CelString)v[0]).Value switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            _ => CelError.Conversion(v[0], "bool"),
        });
        table.Add("bytes", [CelType.Bytes], CelType.Bytes, static v => v[0]);
        table.Add("bytes", [CelType.String], CelType.Bytes, static v => new CelBytes(Encoding.UTF8.GetBytes(((CelString)v[0]).Value)));
        Numbers(table);
        Strings(table);
        Times(table);
    }

    private static void Numbers(FunctionTable table)
    {
        table.Add("int", [CelType.Int], CelType.Int, static v => v[0]);
        table.Add("int", [CelType.Uint], CelType.Int, static v => ((CelUint)v[0]).Value is <= long.MaxValue and var u ? (long)u : CelError.IntOverflow);
        table.Add("int", [CelType.Double], CelType.Int, static v => ((CelDouble)v[0]).Value is > -9223372036854775808.0 and < 9223372036854775807.0 and var d ? (long)d : CelError.IntOverflow);
        table.Add("int", [CelType.String], CelType.Int, static v => long.TryParse(((CelString)v[0]).Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i) ? i : CelError.Conversion(v[0], "int"));
        table.Add("int", [CelType.Timestamp], CelType.Int, static v => ((CelTimestamp)v[0]).Seconds);
        table.Add("int", [CelType.Duration], CelType.Int, static v => ((CelDuration)v[0]).Nanos);
        table.Add("uint", [CelType.Uint], CelType.Uint, static v => v[0]);
        table.Add("uint", [CelType.Int], CelType.Uint, static v => ((CelInt)v[0]).Value is >= 0 and var i ? new CelUint((ulong)i) : CelError.UintOverflow);
        table.Add("uint", [CelType.Double], CelType.Uint, static v => ((CelDouble)v[0]).Value is >= 0 and < 18446744073709551615.0 and var d ? new CelUint((ulong)d) : CelError.UintOverflow);
        table.Add("uint", [CelType.String], CelType.Uint, static v => ulong.TryParse(((CelString)v[0]).Value, NumberStyles.None, CultureInfo.InvariantCulture, out var u) ? new CelUint(u) : CelError.Conversion(v[0], "uint"));
        table.Add("double", [CelType.Double], CelType.Double, static v => v[0]);
        table.Add("double", [CelType.Int], CelType.Double, static v => (double)((CelInt)v[0]).Value);
        table.Add("double", [CelType.Uint], CelType.Double, static v => (double)((CelUint)v[0]).Value);
        table.Add("double", [CelType.String], CelType.Double, static v => TryDouble(((CelString)v[0]).Value, out var d) ? d : CelError.Conversion(v[0], "double"));
    }

    private static void Strings(FunctionTable table)
    {
        foreach (var type in new[] { CelType.String, CelType.Bool, CelType.Int, CelType.Uint, CelType.Double, CelType.Timestamp, CelType.Duration })
            table.Add("string", [type], CelType.String, static v => v[0] is CelString ? v[0] : v[0].ToString()!);
        table.Add("string", [CelType.Bytes], CelType.String, static v =>
        {
            try
            {
                return s_strict.GetString(((CelBytes)v[0]).Value);
            }
            catch (DecoderFallbackException)
            {
                return new CelError("invalid UTF-8 in bytes, cannot convert to string");
            }
        });
    }

    private static void Times(FunctionTable table)
    {
        table.Add("timestamp", [CelType.Timestamp], CelType.Timestamp, static v => v[0]);
        table.Add("timestamp", [CelType.Int], CelType.Timestamp, static v => CelTimestamp.Of(((CelInt)v[0]).Value));
        table.Add("timestamp", [CelType.String], CelType.Timestamp, static v => CelTimestamp.TryParse(((CelString)v[0]).Value, out var t) ? t : CelError.Conversion(v[0], "google.protobuf.Timestamp"));
        table.Add("duration", [CelType.Duration], CelType.Duration, static v => v[0]);
        table.Add("duration", [CelType.Int], CelType.Duration, static v => new CelDuration(((CelInt)v[0]).Value));
        table.Add("duration", [CelType.String], CelType.Duration, static v => CelDuration.TryParse(((CelString)v[0]).Value, out var d) ? d : CelError.Conversion(v[0], "google.protobuf.Duration"));
    }

    private static bool TryDouble(string text, out double value)
    {
        var known = text.TrimStart('+', '-').ToLowerInvariant() switch
        {
            "inf" or "infinity" => double.PositiveInfinity,
            "nan" => double.NaN,
            _ => 0,
        };
        if (known != 0)
        {
            value = text.StartsWith('-') ? -known : known;
            return true;
        }

        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
            && !double.IsInfinity(value);
    }
}

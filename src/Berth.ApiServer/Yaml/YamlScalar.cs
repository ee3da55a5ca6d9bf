using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Json.Nodes;

namespace Berth.ApiServer.Yaml;

/// <summary>
/// What a plain scalar stands for, by the rules that Kubernetes' clients and servers share: those of YAML 1.1 for booleans
/// (<c>y</c>, <c>on</c>), octal and binary numbers and <c>_</c> in numbers, those of 1.2 for <c>0o17</c>; times stay strings.
/// </summary>
internal static partial class YamlScalar
{
    public static JsonNode? Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return JsonValue.Create(true);
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return JsonValue.Create(false);
        }

        return text[0] is '+' or '-' or '.' || char.IsAsciiDigit(text[0]) ? Number(text) ?? JsonValue.Create(text) : JsonValue.Create(text);
    }

    /// <summary>True when the scalar, written plain, would be read back as this string.</summary>
    public static bool IsPlainString(string text) =>
        text.Length > 0 && Resolve(text) is JsonValue value && value.TryGetValue<string>(out _) && !IsNotFinite(text) && text != "<<" && text != "="
        && !DateLike().IsMatch(text);

    /// <summary>Infinity and not-a-number, which JSON does not have.</summary>
    public static bool IsNotFinite(string text) => text is ".nan" or ".NaN" or ".NAN" || (text.TrimStart('+', '-') is ".inf" or ".Inf" or ".INF");

    /// <summary>A number, or null when the text is none.</summary>
    public static JsonNode? Number(string text)
    {
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (Integer(plain) is { } integer)
        {
            if (integer >= long.MinValue && integer <= long.MaxValue)
                return JsonValue.Create((long)integer);
            if (integer > 0 && integer <= ulong.MaxValue)
                return JsonValue.Create((ulong)integer);
        }

        if (!Float().IsMatch(plain) || !double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            return null;
        return JsonNode.Parse(Show(number));
    }

    /// <summary>Shortest text that reads back as the same number: digits from 1e-6 up to 1e21, else with an exponent.</summary>
    public static string Show(double number)
    {
        if (number == 0)
            return double.IsNegative(number) ? "-0" : "0";
        var text = Math.Abs(number).ToString("E16", CultureInfo.InvariantCulture);
        for (var precision = 0; precision < 17; precision++)
        {
            text = Math.Abs(number).ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(text, CultureInfo.InvariantCulture) == Math.Abs(number))
                break;
        }

        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var digits = text[..mark].Replace(".", "", StringComparison.Ordinal).TrimEnd('0');
        var exponent = int.Parse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var result = new StringBuilder(number < 0 ? "-" : "");
        if (exponent is < -6 or >= 21)
            return result.Append(digits[0]).Append(digits.Length > 1 ? "." + digits[1..] : "").Append('e').Append(exponent < 0 ? "" : "+").Append(exponent).ToString();
        if (exponent < 0)
            return result.Append("0.").Append('0', -exponent - 1).Append(digits).ToString();
        if (digits.Length <= exponent + 1)
            return result.Append(digits).Append('0', exponent + 1 - digits.Length).ToString();
        return result.Append(digits.AsSpan(0, exponent + 1)).Append('.').Append(digits.AsSpan(exponent + 1)).ToString();
    }

    private static BigInteger? Integer(string text)
    {
        var negative = text.StartsWith('-');
        var digits = text[0] is '-' or '+' ? text[1..] : text;
        if (digits.Length == 0 || digits.Length > 128)
            return null;
        var (radix, rest) = digits switch
        {
            ['0', 'x' or 'X', .. var hex] => (16, hex),
            ['0', 'b' or 'B', .. var binary] => (2, binary),
            ['0', 'o' or 'O', .. var octal] => (8, octal),
            ['0', .. var octal] when octal.Length > 0 => (8, octal),
            _ => (10, digits),
        };
        if (rest.Length == 0)
            return null;
        var value = BigInteger.Zero;
        foreach (var c in rest)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix)
                return null;
            value = (value * radix) + digit;
        }

        return negative ? -value : value;
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Float();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")]
    private static partial Regex DateLike();
}

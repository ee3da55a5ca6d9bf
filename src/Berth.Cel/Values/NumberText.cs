using System.Globalization;
using System.Text;

namespace Berth.Cel.Values;

/// <summary>Doubles as the language prints them: the shortest digits, with an exponent below 1e-4 and from 1e+06 up.</summary>
internal static class NumberText
{
    public static string Of(double value)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "+Inf" : "-Inf";
        if (value == 0)
            return double.IsNegative(value) ? "-0" : "0";
        var (digits, point) = Digits(Math.Abs(value));
        var sign = value < 0 ? "-" : "";
        var exponent = point - 1;
        return exponent is < -4 or >= 6 ? sign + Scientific(digits, exponent) : sign + Plain(digits, point);
    }

    /// <summary>Without an exponent, however long.</summary>
    public static string Fixed(double value)
    {
        if (value == 0)
            return "0";
        var (digits, point) = Digits(Math.Abs(value));
        return (value < 0 ? "-" : "") + Plain(digits, point);
    }

    private static string Scientific(string digits, int exponent)
    {
        var text = new StringBuilder().Append(digits[0]);
        if (digits.Length > 1)
            text.Append('.').Append(digits, 1, digits.Length - 1);
        return text.Append('e').Append(exponent < 0 ? '-' : '+').Append(Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)).ToString();
    }

    private static string Plain(string digits, int point)
    {
        if (point <= 0)
            return "0." + new string('0', -point) + digits;
        return point >= digits.Length ? digits + new string('0', point - digits.Length) : digits[..point] + "." + digits[point..];
    }

    // 0.DIGITS times ten to the power of Point.
    private static (string Digits, int Point) Digits(double value)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var mantissa = shortest;
        var exponent = 0;
        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        if (e >= 0)
        {
            mantissa = shortest[..e];
            exponent = int.Parse(shortest[(e + 1)..], CultureInfo.InvariantCulture);
        }

        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var point = (dot < 0 ? mantissa.Length : dot) + exponent;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var leading = digits.Length - digits.TrimStart('0').Length;
        digits = digits[leading..].TrimEnd('0');
        return (digits.Length == 0 ? "0" : digits, point - leading);
    }
}

using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Proto;

namespace Berth.Api;

/// <summary>
/// An amount of a resource: a fixed-point number to the billionth with the suffix family that it was written in. Printed in
/// the canonical form of Kubernetes: no fraction, the largest suffix that keeps the number whole.
/// </summary>
/// <remarks>Finer fractions round up; magnitudes above 2^63-1 are cut to it, as Kubernetes does.</remarks>
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    private const long NanosPerUnit = 1_000_000_000;

    private readonly Int128 _nanos;

    private Quantity(Int128 nanos, QuantityFormat format)
    {
        _nanos = nanos;
        Format = format;
    }

    public static Quantity Zero => default;

    public QuantityFormat Format { get; }

    public bool IsZero => _nanos == 0;

    public bool IsNegative => _nanos < 0;

    /// <summary>The amount in whole units, rounded up.</summary>
    public long Value => Saturate(CeilingDivide(_nanos, NanosPerUnit));

    /// <summary>The amount in thousandths, rounded up: millicores of a CPU quantity.</summary>
    public long MilliValue => Saturate(CeilingDivide(_nanos, NanosPerUnit / 1000));

    public static Quantity FromUnits(long units, QuantityFormat format = QuantityFormat.DecimalSI) =>
        new((Int128)units * NanosPerUnit, format);

    public static Quantity FromBytes(long bytes) => FromUnits(bytes, QuantityFormat.BinarySI);

    public static Quantity FromMilli(long milli) => new((Int128)milli * (NanosPerUnit / 1000), QuantityFormat.DecimalSI);

    public static Quantity operator +(Quantity left, Quantity right) =>
        new(Clamp((BigInteger)left._nanos + (BigInteger)right._nanos), left.IsZero ? right.Format : left.Format);

    public static Quantity operator -(Quantity left, Quantity right) =>
        new(Clamp((BigInteger)left._nanos - (BigInteger)right._nanos), left.IsZero ? right.Format : left.Format);

    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    public static bool operator <(Quantity left, Quantity right) => left._nanos < right._nanos;

    public static bool operator >(Quantity left, Quantity right) => left._nanos > right._nanos;

    public static bool operator <=(Quantity left, Quantity right) => left._nanos <= right._nanos;

    public static bool operator >=(Quantity left, Quantity right) => left._nanos >= right._nanos;

    /// <exception cref="FormatException">The text is not a quantity.</exception>
    public static Quantity Parse(string text) => TryParse(text, out var quantity)
        ? quantity
        : throw new FormatException($"\"{text}\" is not a quantity such as 500m, 2, 1.5Gi or 1e3");

    public static bool TryParse(string text, out Quantity quantity)
    {
        quantity = default;
        var span = text.AsSpan();
        var at = 0;
        var negative = false;
        if (at < span.Length && span[at] is '+' or '-')
            negative = span[at++] == '-';
        var digits = BigInteger.Zero;
        var count = 0;
        var fraction = 0;
        var point = false;
        for (; at < span.Length; at++)
        {
            var c = span[at];
            if (c == '.' && !point)
            {
                point = true;
            }
            else if (c is >= '0' and <= '9')
            {
                // Digits past these change nothing within the range of a quantity; the limit keeps hostile input cheap.
                if (++count > 100)
                    return false;
                digits = (digits * 10) + (c - '0');
                if (point)
                    fraction++;
            }
            else
            {
                break;
            }
        }

        if (count == 0 || !TryParseSuffix(span[at..], out var format, out var twoPower, out var tenPower))
            return false;
        tenPower += 9 - fraction;
        var nanos = digits << twoPower;
        if (tenPower >= 0)
        {
            nanos *= BigInteger.Pow(10, tenPower);
        }
        else
        {
            nanos = BigInteger.DivRem(nanos, BigInteger.Pow(10, -tenPower), out var rest);
            if (!rest.IsZero)
                nanos++;
        }

        quantity = new(Clamp(negative ? -nanos : nanos), format);
        return true;
    }

    public static Quantity ReadJson(ref JsonInput input)
    {
        if (input.IsNull)
            return default;
        var text = input.TokenType == JsonTokenType.Number ? input.ReadRaw().ToString() : input.ReadString();
        return TryParse(text, out var quantity)
            ? quantity
            : throw input.Fail($"\"{text}\" is not a quantity: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }

    public static Quantity ReadProto(ref ProtoReader reader)
    {
        var text = "";
        while (reader.NextField())
        {
            if (reader.Field == 1)
                text = reader.ReadString();
            else
                reader.Skip();
        }

        return text.Length == 0 ? default : TryParse(text, out var quantity)
            ? quantity
            : throw new ProtoFormatException($"\"{text}\" is not a quantity");
    }

    public void WriteJson(Utf8JsonWriter writer) => writer.WriteStringValue(ToString());

    public void WriteProto(ref ProtoWriter writer) => writer.String(1, ToString());

    /// <summary>Equal amounts are equal, whatever their suffix.</summary>
    public bool Equals(Quantity other) => _nanos == other._nanos;

    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    public override int GetHashCode() => _nanos.GetHashCode();

    public int CompareTo(Quantity other) => _nanos.CompareTo(other._nanos);

    public override string ToString()
    {
        if (_nanos == 0)
            return "0";
        // Below 1024, and for fractions, a binary suffix says nothing: Kubernetes prints decimals then.
        if (Format == QuantityFormat.BinarySI && _nanos % NanosPerUnit == 0 && Int128.Abs(_nanos) >= (Int128)1024 * NanosPerUnit)
            return Binary(_nanos / NanosPerUnit);
        return Decimal(Format == QuantityFormat.DecimalExponent);
    }

    private static string Binary(Int128 units)
    {
        ReadOnlySpan<string> suffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
        var index = 0;
        while (index < suffixes.Length - 1 && units % 1024 == 0)
        {
            units /= 1024;
            index++;
        }

        return units.ToString(CultureInfo.InvariantCulture) + suffixes[index];
    }

    private string Decimal(bool exponential)
    {
        ReadOnlySpan<string> suffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
        var number = _nanos;
        var index = 0;
        while (index < suffixes.Length - 1 && number % 1000 == 0)
        {
            number /= 1000;
            index++;
        }

        var text = number.ToString(CultureInfo.InvariantCulture);
        if (!exponential)
            return text + suffixes[index];
        var exponent = (index - 3) * 3;
        return exponent == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}e{exponent}");
    }

    private static bool TryParseSuffix(ReadOnlySpan<char> suffix, out QuantityFormat format, out int twoPower, out int tenPower)
    {
        format = QuantityFormat.DecimalSI;
        twoPower = 0;
        tenPower = 0;
        switch (suffix)
        {
            case "": return true;
            case "n": tenPower = -9; return true;
            case "u": tenPower = -6; return true;
            case "m": tenPower = -3; return true;
            case "k": tenPower = 3; return true;
            case "M": tenPower = 6; return true;
            case "G": tenPower = 9; return true;
            case "T": tenPower = 12; return true;
            case "P": tenPower = 15; return true;
            case "E": tenPower = 18; return true;
            case "Ki": twoPower = 10; break;
            case "Mi": twoPower = 20; break;
            case "Gi": twoPower = 30; break;
            case "Ti": twoPower = 40; break;
            case "Pi": twoPower = 50; break;
            case "Ei": twoPower = 60; break;
            default:
                format = QuantityFormat.DecimalExponent;
                // Exponents past these are zero or over the limit whatever the digits are.
                return suffix[0] is 'e' or 'E'
                    && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out tenPower)
                    && tenPower is >= -200 and <= 200;
        }

        format = QuantityFormat.BinarySI;
        return true;
    }

    private static Int128 Clamp(BigInteger nanos)
    {
        var limit = (BigInteger)long.MaxValue * NanosPerUnit;
        return (Int128)BigInteger.Max(-limit, BigInteger.Min(limit, nanos));
    }

    private static Int128 CeilingDivide(Int128 value, long divisor)
    {
        var (quotient, rest) = Int128.DivRem(value, divisor);
        return rest > 0 ? quotient + 1 : quotient;
    }

    private static long Saturate(Int128 value) =>
        value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;
}

using System.Globalization;
using Berth.Cel.Types;

namespace Berth.Cel.Values;

/// <summary>A text. The language counts code points, .NET counts UTF-16 units: texts beyond the first plane pay for the difference.</summary>
public sealed class CelString(string value) : CelValue
{
    private int _length = -1;

    public string Value => value;

    /// <summary>In code points.</summary>
    public int Length
    {
        get
        {
            if (_length < 0)
                _length = CountOf(value);
            return _length;
        }
    }

    public override CelType Type => CelType.String;

    public override long Size => Length;

    public override bool IsZero => value.Length == 0;

    public override bool EqualTo(CelValue other) => other is CelString s && string.Equals(s.Value, value, StringComparison.Ordinal);

    public override string ToString() => value;

    /// <summary>Index of a UTF-16 unit from one of a code point; the text's end for its length.</summary>
    public int UnitOf(int index)
    {
        if (Length == value.Length)
            return index;
        var unit = 0;
        for (; index > 0; index--)
            unit += char.IsHighSurrogate(value[unit]) && unit + 1 < value.Length && char.IsLowSurrogate(value[unit + 1]) ? 2 : 1;
        return unit;
    }

    /// <summary>Index of a code point from one of a UTF-16 unit.</summary>
    public int PointOf(int unit) => Length == value.Length ? unit : CountOf(value.AsSpan(0, unit));

    /// <summary>By code points, as Go compares UTF-8; ordinal comparison of UTF-16 would put surrogates before U+E000.</summary>
    public static int Compare(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            var (a, b) = (left[i], right[i]);
            if (a == b)
                continue;
            if (char.IsSurrogate(a) != char.IsSurrogate(b))
                return char.IsSurrogate(a) ? 1 : -1;
            return a < b ? -1 : 1;
        }

        return left.Length.CompareTo(right.Length);
    }

    /// <summary>As a literal of the language.</summary>
    public static string Quote(string text)
    {
        var quoted = new System.Text.StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\a' => quoted.Append("\\a"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\v' => quoted.Append("\\v"),
                '\\' => quoted.Append("\\\\"),
                '"' => quoted.Append("\\\""),
                < 0x20 or 0x7f => quoted.Append("\\x").Append(rune.Value.ToString("x2", CultureInfo.InvariantCulture)),
                _ => quoted.Append(rune.ToString()),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static int CountOf(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]) && char.IsHighSurrogate(text[i - 1]))
                count--;
        }

        return count;
    }
}

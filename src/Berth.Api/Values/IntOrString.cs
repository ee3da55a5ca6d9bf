using System.Globalization;
using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Proto;

namespace Berth.Api;

/// <summary>A number or a string: a port or its name, a count or a percentage.</summary>
public readonly record struct IntOrString
{
    private readonly string? _text;

    public IntOrString(int value) => Int = value;

    public IntOrString(string text) => _text = text;

    public bool IsString => _text is not null;

    /// <summary>The number; 0 when this is a string.</summary>
    public int Int { get; }

    /// <summary>The string; empty when this is a number.</summary>
    public string String => _text ?? "";

    public static implicit operator IntOrString(int value) => new(value);

    public static implicit operator IntOrString(string text) => new(text);

    public static IntOrString ReadJson(ref JsonInput input) =>
        input.TokenType == JsonTokenType.String ? new(input.ReadString()) : new(input.ReadInt32());

    public static IntOrString ReadProto(ref ProtoReader reader)
    {
        long type = 0;
        var number = 0;
        var text = "";
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    type = reader.ReadInt64();
                    break;
                case 2:
                    number = reader.ReadInt32();
                    break;
                case 3:
                    text = reader.ReadString();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return type == 1 ? new(text) : new(number);
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        if (_text is null)
            writer.WriteNumberValue(Int);
        else
            writer.WriteStringValue(_text);
    }

    public void WriteProto(ref ProtoWriter writer)
    {
        writer.String(3, String);
        writer.Int64(2, Int);
        writer.Int64(1, IsString ? 1 : 0);
    }

    /// <summary>The number, or the percentage of <paramref name="total"/>.</summary>
    /// <exception cref="FormatException">The string is not a whole percentage such as <c>25%</c>.</exception>
    public int Scaled(int total, bool roundUp)
    {
        if (_text is null)
            return Int;
        if (!_text.EndsWith('%') || !int.TryParse(_text.AsSpan(0, _text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent))
            throw new FormatException($"\"{_text}\" is not a whole number or a percentage such as \"25%\".");
        var exact = (long)percent * total;
        return (int)(roundUp ? (exact + 99) / 100 : exact / 100);
    }

    public override string ToString() => _text ?? Int.ToString(CultureInfo.InvariantCulture);
}

using System.Text;
using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Proto;

namespace Berth.Api;

/// <summary>A JSON value that passes through as it is (RawExtension, FieldsV1, JSON). Compared byte for byte.</summary>
public sealed class RawJson(byte[] utf8) : IMessage, IEquatable<RawJson>
{
    private readonly byte[] _utf8 = utf8;

    public static RawJson EmptyObject { get; } = new("{}"u8.ToArray());

    public ReadOnlySpan<byte> Span => _utf8;

    public ReadOnlyMemory<byte> Memory => _utf8;

    public static RawJson Parse(string json) => new(Encoding.UTF8.GetBytes(json));

    public static RawJson ReadProto(ref ProtoReader reader)
    {
        byte[] raw = [];
        while (reader.NextField())
        {
            if (reader.Field == 1)
                raw = reader.ReadSpan().ToArray();
            else
                reader.Skip();
        }

        return new RawJson(raw.Length == 0 ? "null"u8.ToArray() : raw);
    }

    public void WriteJson(Utf8JsonWriter writer) => writer.WriteRawValue(_utf8, skipInputValidation: true);

    public void WriteProto(ref ProtoWriter writer) => writer.Bytes(1, _utf8);

    public bool Equals(RawJson? other) => other is not null && Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => Equals(obj as RawJson);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_utf8);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(_utf8);
}

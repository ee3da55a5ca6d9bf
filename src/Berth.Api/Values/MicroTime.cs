using System.Globalization;
using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Proto;

namespace Berth.Api;

/// <summary>A point in time to the microsecond (leases, events). Finer parts are cut off when it is made. The default value is Kubernetes' zero time: null in JSON, an empty message in protobuf.</summary>
public readonly record struct MicroTime : IComparable<MicroTime>
{
    public MicroTime(DateTimeOffset value) => Value = new DateTimeOffset(value.UtcTicks - (value.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    public DateTimeOffset Value { get; }

    public static implicit operator MicroTime(DateTimeOffset value) => new(value);

    public static implicit operator DateTimeOffset(MicroTime time) => time.Value;

    public static MicroTime ReadJson(ref JsonInput input) => input.IsNull ? default : new(Rfc3339.Read(ref input));

    public static MicroTime ReadProto(ref ProtoReader reader) => reader.IsEmpty ? default : new(Rfc3339.ReadProto(ref reader));

    public void WriteJson(Utf8JsonWriter writer)
    {
        if (Value == default)
        {
            writer.WriteNullValue();
            return;
        }

        Span<byte> text = stackalloc byte[32];
        Value.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }

    public void WriteProto(ref ProtoWriter writer)
    {
        if (Value == default)
            return;
        writer.Int64(2, Value.UtcTicks % TimeSpan.TicksPerSecond * 100);
        writer.Int64(1, Value.ToUnixTimeSeconds());
    }

    public int CompareTo(MicroTime other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Proto;

namespace Berth.Api;

/// <summary>A point in time to the second, as the API carries it. Finer parts are cut off when it is made. The default value is Kubernetes' zero time: null in JSON, an empty message in protobuf.</summary>
public readonly record struct Time : IComparable<Time>
{
    public Time(DateTimeOffset value) => Value = DateTimeOffset.FromUnixTimeSeconds(value.ToUnixTimeSeconds());

    public DateTimeOffset Value { get; }

    public static implicit operator Time(DateTimeOffset value) => new(value);

    public static implicit operator DateTimeOffset(Time time) => time.Value;

    public static TimeSpan operator -(Time left, Time right) => left.Value - right.Value;

    public static bool operator <(Time left, Time right) => left.Value < right.Value;

    public static bool operator >(Time left, Time right) => left.Value > right.Value;

    public static bool operator <=(Time left, Time right) => left.Value <= right.Value;

    public static bool operator >=(Time left, Time right) => left.Value >= right.Value;

    public static Time ReadJson(ref JsonInput input) => input.IsNull ? default : new(Rfc3339.Read(ref input));

    public static Time ReadProto(ref ProtoReader reader) => reader.IsEmpty ? default : new(Rfc3339.ReadProto(ref reader));

    public void WriteJson(Utf8JsonWriter writer)
    {
        if (Value == default)
        {
            writer.WriteNullValue();
            return;
        }

        Span<byte> text = stackalloc byte[32];
        Value.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }

    public void WriteProto(ref ProtoWriter writer)
    {
        if (Value == default)
            return;
        writer.Int64(2, 0);
        writer.Int64(1, Value.ToUnixTimeSeconds());
    }

    public int CompareTo(Time other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Proto;
using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>A length of time, written as Go writes it (<c>1m30s</c>); nanoseconds in protobuf.</summary>
public sealed record Duration : IMessage<Duration>
{
    private const long NanosecondsPerTick = 100;

    public static Duration Empty { get; } = new();

    public TimeSpan Value { get; init; }

    public static MessageSchema Schema { get; } = new("io.k8s.apimachinery.pkg.apis.meta.v1.Duration", static () => [], atomic: true);

    public static implicit operator Duration(TimeSpan value) => new() { Value = value };

    /// <exception cref="FormatException">The text is no duration.</exception>
    public static Duration Parse(string text)
    {
        var (at, negative) = text.StartsWith('-') ? (1, true) : (0, false);
        if (text.AsSpan(at) is "0")
            return Empty;
        var ticks = 0.0;
        if (at == text.Length)
            throw new FormatException($"\"{text}\" is no duration");
        while (at < text.Length)
        {
            var digits = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
                at++;
            var unit = at;
            while (at < text.Length && !char.IsAsciiDigit(text[at]) && text[at] != '.')
                at++;
            var scale = text[unit..at] switch
            {
                "ns" => 1.0 / NanosecondsPerTick,
                "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
                "ms" => TimeSpan.TicksPerMillisecond,
                "s" => TimeSpan.TicksPerSecond,
                "m" => TimeSpan.TicksPerMinute,
                "h" => (double)TimeSpan.TicksPerHour,
                _ => throw new FormatException($"\"{text}\" is no duration"),
            };
            if (!double.TryParse(text.AsSpan(digits, unit - digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
                throw new FormatException($"\"{text}\" is no duration");
            ticks += count * scale;
        }

        return new() { Value = TimeSpan.FromTicks((long)(negative ? -ticks : ticks)) };
    }

    public static Duration ReadJson(ref JsonInput input)
    {
        var text = input.ReadString();
        try
        {
            return text.Length == 0 ? Empty : Parse(text);
        }
        catch (FormatException e)
        {
            throw input.Fail(e.Message);
        }
    }

    public static Duration ReadProto(ref ProtoReader reader)
    {
        long nanoseconds = 0;
        while (reader.NextField())
        {
            if (reader.Field == 1)
                nanoseconds = reader.ReadInt64();
            else
                reader.Skip();
        }

        return new() { Value = TimeSpan.FromTicks(nanoseconds / NanosecondsPerTick) };
    }

    public void WriteJson(Utf8JsonWriter writer) => writer.WriteStringValue(ToString());

    public void WriteProto(ref ProtoWriter writer) => writer.Int64(1, Value.Ticks * NanosecondsPerTick);

    public override string ToString()
    {
        if (Value == TimeSpan.Zero)
            return "0s";
        var text = new StringBuilder(Value < TimeSpan.Zero ? "-" : "");
        var left = Value.Duration();
        if (left < TimeSpan.FromSeconds(1))
        {
            return text.Append(left.TotalMilliseconds >= 1
                ? string.Create(CultureInfo.InvariantCulture, $"{left.TotalMilliseconds:0.####}ms")
                : string.Create(CultureInfo.InvariantCulture, $"{left.TotalMicroseconds:0.#}µs")).ToString();
        }

        var hours = (long)left.TotalHours;
        if (hours > 0)
            text.Append(CultureInfo.InvariantCulture, $"{hours}h");
        if (hours > 0 || left.Minutes > 0)
            text.Append(CultureInfo.InvariantCulture, $"{left.Minutes}m");
        return text.Append(CultureInfo.InvariantCulture, $"{left.TotalSeconds % 60:0.#######}s").ToString();
    }
}

using System.Globalization;
using Berth.Api.Json;
using Berth.Api.Proto;

namespace Berth.Api;

/// <summary>The one time format of the API, on both wires.</summary>
internal static class Rfc3339
{
    public static DateTimeOffset Read(ref JsonInput input)
    {
        var text = input.ReadString();
        // A 'T' and a zone are asked for: without them .NET would take local dates, which RFC 3339 does not have.
        if (text.Length >= 20 && text[10] is 'T' or 't'
            && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return time;
        throw input.Fail($"\"{text}\" is not a time such as 2006-01-02T15:04:05Z");
    }

    public static DateTimeOffset ReadProto(ref ProtoReader reader)
    {
        long seconds = 0, nanoseconds = 0;
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    seconds = reader.ReadInt64();
                    break;
                case 2:
                    nanoseconds = reader.ReadInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            throw new ProtoFormatException($"{seconds} seconds since 1970 is not a time between the years 1 and 9999");
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / 100);
    }
}

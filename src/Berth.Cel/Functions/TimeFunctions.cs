using System.Globalization;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Functions;

/// <summary>Parts of instants, in UTC unless a time zone is named, and of spans.</summary>
internal static class TimeFunctions
{
    public static void Declare(FunctionTable table)
    {
        Part(table, "getFullYear", static t => t.Year);
        Part(table, "getMonth", static t => t.Month - 1);
        Part(table, "getDate", static t => t.Day);
        Part(table, "getDayOfMonth", static t => t.Day - 1);
        Part(table, "getDayOfWeek", static t => (int)t.DayOfWeek);
        Part(table, "getDayOfYear", static t => t.DayOfYear - 1);
        Part(table, "getHours", static t => t.Hour);
        Part(table, "getMinutes", static t => t.Minute);
        Part(table, "getSeconds", static t => t.Second);
        Part(table, "getMilliseconds", static t => t.Millisecond);
        Whole(table, "getHours", 3_600_000_000_000);
        Whole(table, "getMinutes", 60_000_000_000);
        Whole(table, "getSeconds", 1_000_000_000);
        table.Member("getMilliseconds", [CelType.Duration], CelType.Int, static a => ((CelDuration)a[0]).Nanos / 1_000_000 % 1000);
    }

    private static void Part(FunctionTable table, string name, Func<DateTimeOffset, int> part)
    {
        table.Member(name, [CelType.Timestamp], CelType.Int, a => (long)part(((CelTimestamp)a[0]).Instant));
        table.Member(name, [CelType.Timestamp, CelType.String], CelType.Int, a =>
            In(((CelTimestamp)a[0]).Instant, ((CelString)a[1]).Value) is { } local ? (long)part(local) : new CelError($"unknown time zone {((CelString)a[1]).Value}"));
    }

    private static void Whole(FunctionTable table, string name, long nanos) =>
        table.Member(name, [CelType.Duration], CelType.Int, a => ((CelDuration)a[0]).Nanos / nanos);

    // Either an offset (+02:00, 02:00) or a name of the zone database.
    private static DateTimeOffset? In(DateTimeOffset instant, string zone)
    {
        if (zone is "UTC" or "")
            return instant;
        if (zone.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParseExact(zone.TrimStart('+', '-'), @"hh\:mm", CultureInfo.InvariantCulture, out var offset) && offset.TotalHours <= 14
                ? instant.ToOffset(zone.StartsWith('-') ? -offset : offset)
                : null;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? TimeZoneInfo.ConvertTime(instant, found) : null;
    }
}

using System.Globalization;

namespace Berth.Controllers.CronJobs;

/// <summary>
/// When a CronJob is due: five fields (minute, hour, day of month, month, day of week) in a time zone, one of
/// <c>@hourly @daily @midnight @weekly @monthly @yearly @annually</c>, or <c>@every 1h30m</c>.
/// </summary>
/// <remarks>
/// Where both days are restricted, either will do, as cron has always had it. Times that a time zone leaves out are skipped;
/// times that it has twice come twice. Immutable.
/// </remarks>
public sealed class CronSchedule
{
    // A schedule that does not come up in five years (31 February) never does; 29 February comes at least every eight, and
    // then is found from within five years of it.
    private const int YearsMax = 5;

    private readonly CronField _minute;
    private readonly CronField _hour;
    private readonly CronField _day;
    private readonly CronField _month;
    private readonly CronField _weekday;
    private readonly TimeSpan _every;
    private readonly TimeZoneInfo _zone;

    private CronSchedule(TimeSpan every, TimeZoneInfo zone)
    {
        _every = every;
        _zone = zone;
    }

    private CronSchedule(string[] fields, TimeZoneInfo zone)
    {
        _zone = zone;
        _minute = CronField.Parse(fields[0], 0, 59);
        _hour = CronField.Parse(fields[1], 0, 23);
        _day = CronField.Parse(fields[2], 1, 31);
        _month = CronField.Parse(fields[3], 1, 12, "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
        _weekday = CronField.Parse(fields[4], 0, 6, "sun", "mon", "tue", "wed", "thu", "fri", "sat");
    }

    /// <exception cref="FormatException">The text is not a schedule; the message says where.</exception>
    public static CronSchedule Parse(string text, TimeZoneInfo zone)
    {
        text = text.Trim();
        if (text.StartsWith("@every ", StringComparison.Ordinal))
            return new(Duration(text["@every ".Length..]), zone);
        var standard = text switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => text,
        };
        var fields = standard.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (standard.StartsWith('@'))
            throw new FormatException($"unrecognized descriptor: {text}");
        return fields.Length == 5 ? new(fields, zone) : throw new FormatException($"expected exactly 5 fields, found {fields.Length}: [{text}]");
    }

    /// <summary>The first time after <paramref name="after"/>; null when there is none in the years to come.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (_every > TimeSpan.Zero)
            return DateTimeOffset.FromUnixTimeSeconds(after.ToUnixTimeSeconds()) + _every;
        // Walked in real time, not on the clock face, so that days of 23 and 25 hours come out right.
        var time = new DateTimeOffset(after.UtcTicks - after.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero).AddMinutes(1);
        var limit = time.AddYears(YearsMax);
        while (time <= limit)
        {
            var local = TimeZoneInfo.ConvertTime(time, _zone);
            if (!_month.Has(local.Month) || !IsDay(local))
                time = StartOfDay(local.Date.AddDays(1), time);
            else if (!_hour.Has(local.Hour))
                time = time.AddMinutes(60 - local.Minute);
            else if (!_minute.Has(local.Minute))
                time = time.AddMinutes(1);
            else
                return time;
        }

        return null;
    }

    private bool IsDay(DateTimeOffset local)
    {
        var day = _day.Has(local.Day);
        var weekday = _weekday.Has((int)local.DayOfWeek);
        return _day.IsStar || _weekday.IsStar ? day && weekday : day || weekday;
    }

    // The first moment of a day, where the zone may begin it at one o'clock or have midnight twice.
    private DateTimeOffset StartOfDay(DateTime date, DateTimeOffset before)
    {
        var wall = DateTime.SpecifyKind(date, DateTimeKind.Unspecified);
        while (_zone.IsInvalidTime(wall))
            wall = wall.AddMinutes(30);
        var offset = _zone.IsAmbiguousTime(wall) ? _zone.GetAmbiguousTimeOffsets(wall).Max() : _zone.GetUtcOffset(wall);
        var start = new DateTimeOffset(wall, offset).ToUniversalTime();
        return start > before ? start : before.AddMinutes(1);
    }

    // Go's notation: numbers with units, one after the other.
    private static TimeSpan Duration(string text)
    {
        var total = 0m;
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
                at++;
            var unitAt = at;
            while (at < text.Length && char.IsAsciiLetter(text[at]))
                at++;
            var seconds = text[unitAt..at] switch { "h" => 3600m, "m" => 60m, "s" => 1m, "ms" => 0.001m, _ => 0m };
            if (seconds == 0 || !decimal.TryParse(text[start..unitAt], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1_000_000)
                throw new FormatException($"failed to parse duration @every {text}");
            total += number * seconds;
        }

        if (text.Length == 0)
            throw new FormatException("failed to parse duration @every");
        // Seconds are the finest that schedules have.
        return TimeSpan.FromSeconds(Math.Max(1, (long)total));
    }
}

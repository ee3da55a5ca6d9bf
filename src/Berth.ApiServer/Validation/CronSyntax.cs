using System.Globalization;

namespace Berth.ApiServer.Validation;

/// <summary>Syntax of cron schedules: five fields, or a descriptor such as <c>@hourly</c>.</summary>
public static class CronSyntax
{
    private static readonly string[] s_months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] s_days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>What is wrong with the schedule; null when it is good.</summary>
    public static string? Problem(string schedule)
    {
        if (schedule.Length == 0)
            return "empty spec string";
        if (schedule.StartsWith("TZ=", StringComparison.Ordinal) || schedule.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            var space = schedule.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0)
                return "invalid schedule format: no fields behind the time zone";
            schedule = schedule[space..].Trim();
        }

        if (schedule.StartsWith('@'))
            return Descriptor(schedule);
        var fields = schedule.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
            return $"expected exactly 5 fields, found {fields.Length}: [{string.Join(' ', fields)}]";
        return Field(fields[0], 0, 59, [], 0) ?? Field(fields[1], 0, 23, [], 0) ?? Field(fields[2], 1, 31, [], 0)
            ?? Field(fields[3], 1, 12, s_months, 1) ?? Field(fields[4], 0, 6, s_days, 0);
    }

    private static string? Descriptor(string text)
    {
        if (text is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly")
            return null;
        const string Every = "@every ";
        if (!text.StartsWith(Every, StringComparison.Ordinal))
            return $"unrecognized descriptor: {text}";
        return IsDuration(text[Every.Length..]) ? null : $"failed to parse duration {text}: time: invalid duration \"{text[Every.Length..]}\"";
    }

    private static string? Field(string field, int min, int max, string[] names, int firstName)
    {
        foreach (var part in field.Split(','))
        {
            if (Range(part, min, max, names, firstName) is { } problem)
                return problem;
        }

        return null;
    }

    private static string? Range(string text, int min, int max, string[] names, int firstName)
    {
        var steps = text.Split('/');
        var ends = steps[0].Split('-');
        int start, end;
        string? problem;
        if (ends[0] is "*" or "?")
        {
            (start, end) = (min, max);
        }
        else
        {
            if ((problem = Number(ends[0], names, firstName, out start)) is not null)
                return problem;
            end = start;
            if (ends.Length > 2)
                return $"too many hyphens: {text}";
            if (ends.Length == 2 && (problem = Number(ends[1], names, firstName, out end)) is not null)
                return problem;
        }

        var step = 1;
        if (steps.Length > 2)
            return $"too many slashes: {text}";
        if (steps.Length == 2)
        {
            if ((problem = Number(steps[1], [], 0, out step)) is not null)
                return problem;
            if (ends.Length == 1)
                end = max;
        }

        if (start < min)
            return $"beginning of range ({start}) below minimum ({min}): {text}";
        if (end > max)
            return $"end of range ({end}) above maximum ({max}): {text}";
        if (start > end)
            return $"beginning of range ({start}) beyond end of range ({end}): {text}";
        return step == 0 ? $"step of range should be a positive number: {text}" : null;
    }

    private static string? Number(string text, string[] names, int firstName, out int value)
    {
        var name = Array.FindIndex(names, n => string.Equals(n, text, StringComparison.OrdinalIgnoreCase));
        value = name + firstName;
        if (name >= 0)
            return null;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
            return $"failed to parse int from {text}: strconv.Atoi: parsing \"{text}\": invalid syntax";
        return value < 0 ? $"negative number ({value}) not allowed: {text}" : null;
    }

    // Numbers with units, as Go writes durations: 1h30m, 90s.
    private static bool IsDuration(string text)
    {
        var at = 0;
        if (text.Length == 0)
            return false;
        while (at < text.Length)
        {
            var digits = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
                at++;
            var unit = at;
            while (at < text.Length && !char.IsAsciiDigit(text[at]) && text[at] != '.')
                at++;
            if (unit == digits || text[unit..at] is not ("h" or "m" or "s" or "ms" or "us" or "µs" or "ns"))
                return false;
        }

        return true;
    }
}

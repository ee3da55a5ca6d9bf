using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Berth.Api;

namespace Berth.ApiServer.Tables;

/// <summary>Texts in cells, as kubectl's users know them.</summary>
internal static class TableCell
{
    public const string None = "<none>";
    public const string Unknown = "<unknown>";
    public const string Unset = "<unset>";

    public static RawJson Json(object cell) => cell switch
    {
        string text => RawJson.Parse($"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\""),
        bool flag => RawJson.Parse(flag ? "true" : "false"),
        IFormattable number => RawJson.Parse(number.ToString(null, CultureInfo.InvariantCulture)),
        _ => throw new ArgumentException($"a cell cannot hold {cell.GetType()}"),
    };

    /// <summary>Time since; <c>&lt;unknown&gt;</c> where there is none.</summary>
    public static string Age(Time? since, DateTimeOffset now) => since is { } start ? Duration(now - start.Value) : Unknown;

    /// <summary>As short as still says something: 5s, 3m20s, 4h, 2d3h, 61d.</summary>
    public static string Duration(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        if (seconds < -1)
            return "<invalid>";
        if (seconds < 0)
            return "0s";
        if (seconds < 120)
            return $"{seconds}s";
        var minutes = seconds / 60;
        if (minutes < 10)
            return seconds % 60 == 0 ? $"{minutes}m" : $"{minutes}m{seconds % 60}s";
        if (minutes < 180)
            return $"{minutes}m";
        var hours = minutes / 60;
        if (hours < 8)
            return minutes % 60 == 0 ? $"{hours}h" : $"{hours}h{minutes % 60}m";
        if (hours < 48)
            return $"{hours}h";
        var days = hours / 24;
        if (hours < 192)
            return hours % 24 == 0 ? $"{days}d" : $"{days}d{hours % 24}h";
        if (days < 365 * 2)
            return $"{days}d";
        var years = days / 365;
        if (years < 8)
            return days % 365 == 0 ? $"{years}y" : $"{years}y{days % 365}d";
        return $"{years}y";
    }

    public static string Join(IEnumerable<string> parts) => string.Join(",", parts) is { Length: > 0 } text ? text : None;

    public static string Or(string text, string fallback = None) => text.Length == 0 ? fallback : text;

    /// <summary><c>a=1,b=2</c>.</summary>
    public static string Labels(ApiMap<string> labels) => Join(labels.Select(l => $"{l.Key}={l.Value}"));
}

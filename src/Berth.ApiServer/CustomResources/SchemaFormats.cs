using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Berth.ApiServer.CustomResources;

/// <summary>The formats of strings that are checked; all others say nothing.</summary>
internal static partial class SchemaFormats
{
    public static bool Fits(string format, string text) => format.Replace("-", "", StringComparison.Ordinal) switch
    {
        "datetime" => DateTimePattern().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "duration" => DurationPattern().IsMatch(text) || WordyDurationPattern().IsMatch(text),
        "ipv4" => IPAddress.TryParse(text, out var four) && four.AddressFamily == AddressFamily.InterNetwork && text.Count(c => c == '.') == 3,
        "ipv6" => text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(text, out _),
        "cidr" => IPNetwork.TryParse(text, out _) || CidrPattern().Match(text) is { Success: true } cidr && IPAddress.TryParse(cidr.Groups[1].Value, out _),
        "mac" => MacPattern().IsMatch(text),
        "uuid" => UuidPattern().IsMatch(text),
        "uuid3" => UuidPattern().IsMatch(text) && text.Replace("-", "", StringComparison.Ordinal)[12] == '3',
        "uuid4" => UuidPattern().IsMatch(text) && text.Replace("-", "", StringComparison.Ordinal)[12] == '4',
        "uuid5" => UuidPattern().IsMatch(text) && text.Replace("-", "", StringComparison.Ordinal)[12] == '5',
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _) || text.StartsWith('/'),
        "email" => System.Net.Mail.MailAddress.TryCreate(text, out _),
        "hostname" => HostnamePattern().IsMatch(text) && text.Length <= 255,
        "byte" => text.Length % 4 == 0 && Base64Pattern().IsMatch(text),
        "hexcolor" => HexColorPattern().IsMatch(text),
        "k8sshortname" => ShortNamePattern().IsMatch(text) && text.Length <= 63,
        "k8slongname" => LongNamePattern().IsMatch(text) && text.Length <= 253,
        _ => true,
    };

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$", RegexOptions.NonBacktracking)]
    private static partial Regex DateTimePattern();

    [GeneratedRegex(@"^[+-]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$", RegexOptions.NonBacktracking)]
    private static partial Regex DurationPattern();

    [GeneratedRegex(@"^\d+ ?(ns|nano|us|µs|micro|ms|milli|s|sec|second|m|min|minute|h|hr|hour|d|day|w|wk|week)s?$", RegexOptions.NonBacktracking)]
    private static partial Regex WordyDurationPattern();

    [GeneratedRegex(@"^([0-9a-fA-F:.]+)/\d{1,3}$", RegexOptions.NonBacktracking)]
    private static partial Regex CidrPattern();

    [GeneratedRegex(@"^([0-9a-fA-F]{2}[:-]){5}([0-9a-fA-F]{2}[:-]){0,2}[0-9a-fA-F]{2}$", RegexOptions.NonBacktracking)]
    private static partial Regex MacPattern();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$", RegexOptions.NonBacktracking)]
    private static partial Regex UuidPattern();

    [GeneratedRegex(@"^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$", RegexOptions.NonBacktracking)]
    private static partial Regex HostnamePattern();

    [GeneratedRegex(@"^[A-Za-z0-9+/]*={0,2}$", RegexOptions.NonBacktracking)]
    private static partial Regex Base64Pattern();

    [GeneratedRegex(@"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", RegexOptions.NonBacktracking)]
    private static partial Regex HexColorPattern();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RegexOptions.NonBacktracking)]
    private static partial Regex ShortNamePattern();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", RegexOptions.NonBacktracking)]
    private static partial Regex LongNamePattern();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Cel.Kubernetes;

/// <summary>The formats that <c>format.named()</c> knows, with what is wrong where a text does not fit.</summary>
internal static partial class NamedFormats
{
    public static readonly IReadOnlyDictionary<string, Func<string, string[]>> All = new Dictionary<string, Func<string, string[]>>(StringComparer.Ordinal)
    {
        ["dns1123Label"] = DnsLabel,
        ["dns1123Subdomain"] = Subdomain,
        ["dns1035Label"] = Dns1035Label,
        ["qualifiedName"] = QualifiedName,
        ["dns1123LabelPrefix"] = static t => DnsLabel(Completed(t)),
        ["dns1123SubdomainPrefix"] = static t => Subdomain(Completed(t)),
        ["dns1035LabelPrefix"] = static t => Dns1035Label(Completed(t)),
        ["labelValue"] = LabelValue,
        ["uri"] = static t => CelUrl.TryParse(t) is not null ? [] : [$"parse {Values.CelString.Quote(t)}: invalid URI for request"],
        ["uuid"] = static t => Fits(UuidPattern(), t, "does not match the UUID format"),
        ["byte"] = static t => t.Length % 4 == 0 ? Fits(Base64Pattern(), t, "invalid base64") : ["invalid base64"],
        ["date"] = static t => DateOnly.TryParseExact(t, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? [] : ["invalid date"],
        ["datetime"] = static t => DateTimePattern().IsMatch(t) && DateTimeOffset.TryParse(t, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? [] : ["invalid datetime"],
    };

    // A name that more is put behind may end with what only its middle may hold.
    private static string Completed(string prefix) => prefix.EndsWith('-') && prefix.Length > 1 ? prefix[..^1] + "a" : prefix;

    private static string[] DnsLabel(string text) => Problems(
        Long(text, 63),
        LabelPattern().IsMatch(text) ? null : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");

    private static string[] Subdomain(string text) => Problems(
        Long(text, 253),
        SubdomainPattern().IsMatch(text) ? null : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");

    private static string[] Dns1035Label(string text) => Problems(
        Long(text, 63),
        Label1035Pattern().IsMatch(text) ? null : "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");

    private static string[] LabelValue(string text) => Problems(
        Long(text, 63),
        text.Length == 0 || KeyPattern().IsMatch(text) ? null : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");

    private static string[] QualifiedName(string text)
    {
        const string Rule = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
        var parts = text.Split('/');
        if (parts.Length > 2)
            return [$"a qualified name {Rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"];
        var problems = new List<string>();
        if (parts.Length == 2)
        {
            if (parts[0].Length == 0)
                problems.Add("prefix part must be non-empty");
            else
                problems.AddRange(Subdomain(parts[0]).Select(p => "prefix part " + p));
        }

        var name = parts[^1];
        if (name.Length == 0)
            problems.Add("name part must be non-empty");
        else if (name.Length > 63)
            problems.Add("name part " + Long(name, 63));
        if (!KeyPattern().IsMatch(name))
            problems.Add("name part " + Rule);
        return [.. problems];
    }

    private static string? Long(string text, int max) => text.Length > max ? $"must be no more than {max} characters" : null;

    private static string[] Problems(params string?[] problems) => [.. problems.OfType<string>()];

    private static string[] Fits(Regex pattern, string text, string problem) => pattern.IsMatch(text) ? [] : [problem];

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex(@"^[a-z]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Label1035Pattern();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z", RegexOptions.NonBacktracking)]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\z", RegexOptions.NonBacktracking)]
    private static partial Regex UuidPattern();

    [GeneratedRegex(@"^[A-Za-z0-9+/]*={0,2}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Base64Pattern();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})\z", RegexOptions.NonBacktracking)]
    private static partial Regex DateTimePattern();
}

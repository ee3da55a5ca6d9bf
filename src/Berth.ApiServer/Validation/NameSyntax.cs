using System.Text.RegularExpressions;

namespace Berth.ApiServer.Validation;

/// <summary>
/// Syntax of names, keys and values. Each check gives the problems in the words of Kubernetes, which clients match on and users
/// search for; an empty array when there is none.
/// </summary>
public static partial class NameSyntax
{
    private const string LabelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string SubdomainPattern = LabelPattern + @"(\." + LabelPattern + ")*";
    private const string UnderscoreLabelPattern = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
    private const string Label1035Pattern = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private const string KeyPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private const string HeaderPattern = "[-A-Za-z0-9]+";
    private const string ConfigKeyPattern = "[-._a-zA-Z0-9]+";

    public static string[] DnsLabel(string value)
    {
        var tooLong = value.Length > 63;
        if (IsDnsLabel(value))
            return tooLong ? [MaxCharacters(63)] : [];
        var problem = IsDnsSubdomain(value)
            ? "must not contain dots"
            : $"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{LabelPattern}')";
        return tooLong ? [MaxCharacters(63), problem] : [problem];
    }

    public static string[] DnsSubdomain(string value) => Subdomain(value, MaxCharacters(253));

    public static string[] DnsSubdomainWithUnderscore(string value) => value.Length <= 253 && UnderscoreSubdomainRegex().IsMatch(value)
        ? []
        : Problems(
            value.Length > 253 ? MaxCharacters(253) : null,
            UnderscoreSubdomainRegex().IsMatch(value)
                ? null
                : $"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{UnderscoreLabelPattern}(\\.{UnderscoreLabelPattern})*')");

    public static string[] Dns1035Label(string value)
    {
        var valid = IsDnsLabel(value) && char.IsAsciiLetterLower(value[0]);
        return Problems(
            value.Length > 63 ? MaxCharacters(63) : null,
            valid ? null : $"a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '{Label1035Pattern}')");
    }

    /// <summary>A subdomain, or one below the wildcard <c>*.</c>.</summary>
    public static string[] WildcardSubdomain(string value)
    {
        var valid = value.StartsWith("*.", StringComparison.Ordinal) && IsDnsSubdomain(value.AsSpan(2));
        return Problems(
            value.Length > 253 ? MaxCharacters(253) : null,
            valid ? null : $"a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.{SubdomainPattern}')");
    }

    public static string[] PathSegment(string value)
    {
        if (value is "." or "..")
            return [$"may not be '{value}'"];
        return Problems(
            value.Contains('/', StringComparison.Ordinal) ? "may not contain '/'" : null,
            value.Contains('%', StringComparison.Ordinal) ? "may not contain '%'" : null);
    }

    /// <summary>Key of a label or annotation, name of a condition, resource, finalizer, ...: a name with an optional DNS prefix and '/'.</summary>
    public static string[] QualifiedName(string value)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? value : value[(slash + 1)..];
        if (name.Contains('/', StringComparison.Ordinal))
            return ["a valid label key " + KeyRule + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"];
        var problems = new List<string>();
        if (slash == 0)
            problems.Add("prefix part must be non-empty");
        else if (slash > 0)
            problems.AddRange(Subdomain(value[..slash], MaxBytes(253)).Select(p => "prefix part " + p));
        if (name.Length == 0)
            problems.Add("name part must be non-empty");
        else if (name.Length > 63)
            problems.Add("name part " + MaxBytes(63));
        if (!IsKey(name))
            problems.Add("name part " + KeyRule);
        return problems.Count == 0 ? [] : [.. problems];
    }

    public static string[] LabelValue(string value) => Problems(
        value.Length > 63 ? MaxBytes(63) : null,
        value.Length == 0 || IsKey(value)
            ? null
            : $"a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '({KeyPattern})?')");

    /// <summary>Name of a port: what IANA calls a service name.</summary>
    public static string[] PortName(string value) => Problems(
        value.Length > 15 ? MaxCharacters(15) : null,
        value.Length > 0 && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? null : "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        value.Any(char.IsAsciiLetterLower) ? null : "must contain at least one letter (a-z)",
        value.Contains("--", StringComparison.Ordinal) ? "must not contain consecutive hyphens" : null,
        value.Length > 0 && (value[0] == '-' || value[^1] == '-') ? "must not begin or end with a hyphen" : null);

    public static string[] PortNumber(long value) => value is >= 1 and <= 65535 ? [] : [Range(1, 65535)];

    /// <summary>User and group ids.</summary>
    public static string[] Id(long value) => value is >= 0 and <= int.MaxValue ? [] : [Range(0, int.MaxValue)];

    public static string[] EnvironmentVariable(string value)
    {
        if (value.Length == 0)
            return ["environment variable name must be non-empty"];
        return value.All(c => c is >= ' ' and <= '~' and not '=')
            ? []
            : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
    }

    /// <summary>Key of a ConfigMap's or Secret's data.</summary>
    public static string[] ConfigKey(string value) => Problems(
        value.Length > 253 ? MaxCharacters(253) : null,
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
            ? null
            : $"a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '{ConfigKeyPattern}')",
        value switch
        {
            "." => "must not be '.'",
            ".." => "must not be '..'",
            _ when value.StartsWith("..", StringComparison.Ordinal) => "must not start with '..'",
            _ => null,
        });

    public static string[] HttpHeader(string value) => value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
        ? []
        : [$"a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '{HeaderPattern}')"];

    public static string[] Percent(string value) => value.Length > 1 && value[^1] == '%' && value.AsSpan(0, value.Length - 1).IndexOfAnyExceptInRange('0', '9') < 0
        ? []
        : ["a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"];

    public static string Range(long low, long high) => $"must be between {low} and {high}, inclusive";

    public static string MaxCharacters(int length) => $"must be no more than {length} characters";

    private static string KeyRule { get; } =
        $"must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{KeyPattern}')";

    private static string MaxBytes(int length) => $"must be no more than {length} bytes";

    private static string[] Subdomain(string value, string tooLong) => value.Length <= 253 && IsDnsSubdomain(value)
        ? []
        : Problems(
            value.Length > 253 ? tooLong : null,
            IsDnsSubdomain(value)
                ? null
                : $"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{SubdomainPattern}')");

    private static bool IsDnsLabel(ReadOnlySpan<char> value)
    {
        if (value.IsEmpty || value[0] == '-' || value[^1] == '-')
            return false;
        foreach (var c in value)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
                return false;
        }

        return true;
    }

    private static bool IsDnsSubdomain(ReadOnlySpan<char> value)
    {
        foreach (var part in value.Split('.'))
        {
            if (!IsDnsLabel(value[part]))
                return false;
        }

        return true;
    }

    private static bool IsKey(ReadOnlySpan<char> value)
    {
        if (value.IsEmpty || !char.IsAsciiLetterOrDigit(value[0]) || !char.IsAsciiLetterOrDigit(value[^1]))
            return false;
        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                return false;
        }

        return true;
    }

    private static string[] Problems(params ReadOnlySpan<string?> all)
    {
        var count = 0;
        foreach (var problem in all)
            count += problem is null ? 0 : 1;
        if (count == 0)
            return [];
        var found = new string[count];
        count = 0;
        foreach (var problem in all)
        {
            if (problem is not null)
                found[count++] = problem;
        }

        return found;
    }

    [GeneratedRegex("^" + UnderscoreLabelPattern + @"(\." + UnderscoreLabelPattern + @")*\z", RegexOptions.CultureInvariant)]
    private static partial Regex UnderscoreSubdomainRegex();
}

using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Berth.Cel.Functions;

/// <summary>
/// Patterns in RE2's syntax, run by .NET's non-backtracking engine, which takes time linear in the text like RE2. Where the two
/// read the same pattern differently (ASCII classes, <c>$</c>, <c>(?P&lt;name&gt;)</c>, <c>\Q..\E</c>) the pattern is rewritten; what RE2
/// does not have (looking around, back references) is refused.
/// </summary>
public static class LinearRegex
{
    private const int CacheMax = 512;
    private static readonly ConcurrentDictionary<string, Regex> s_cache = new(StringComparer.Ordinal);

    /// <returns>Null with what is wrong when it is no pattern.</returns>
    public static Regex? TryCompile(string pattern, out string problem)
    {
        problem = "";
        if (s_cache.TryGetValue(pattern, out var known))
            return known;
        try
        {
            var compiled = new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            // Expressions repeat their few patterns for ever; a flood of others only costs compiling again.
            if (s_cache.Count >= CacheMax)
                s_cache.Clear();
            return s_cache[pattern] = compiled;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = $"error parsing regexp: {e.Message}";
            return null;
        }
    }

    /// <exception cref="ArgumentException">RE2 has no such thing.</exception>
    public static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 8);
        var multiline = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i = Escape(pattern, i, text, inClass: false);
                    break;
                case '[':
                    i = Class(pattern, i, text);
                    break;
                case '(' when i + 2 < pattern.Length && pattern[i + 1] == '?':
                    i = Group(pattern, i, text, ref multiline);
                    break;
                case '$' when !multiline:
                    // Without (?m), .NET would also match before a last line break.
                    text.Append("\\z");
                    break;
                default:
                    text.Append(pattern[i]);
                    break;
            }
        }

        return text.ToString();
    }

    private static int Group(string pattern, int at, StringBuilder text, ref bool multiline)
    {
        if (string.CompareOrdinal(pattern, at, "(?P<", 0, 4) == 0)
        {
            text.Append("(?<");
            return at + 3;
        }

        if (pattern[at + 2] is '=' or '!' or '>' || string.CompareOrdinal(pattern, at, "(?<=", 0, 4) == 0 || string.CompareOrdinal(pattern, at, "(?<!", 0, 4) == 0)
            throw new ArgumentException($"invalid or unsupported Perl syntax: `{pattern[at..Math.Min(at + 4, pattern.Length)]}`");
        var end = at + 2;
        while (end < pattern.Length && (char.IsAsciiLetter(pattern[end]) || pattern[end] == '-'))
            end++;
        if (end < pattern.Length && pattern[end] is ':' or ')')
        {
            var flags = pattern[(at + 2)..end];
            var on = flags.Split('-')[0];
            if (on.Contains('m', StringComparison.Ordinal))
                multiline = true;
            if (flags.Contains('U', StringComparison.Ordinal))
                throw new ArgumentException("swapping greediness (?U) is not supported");
        }

        text.Append("(?");
        return at + 1;
    }

    private static int Class(string pattern, int at, StringBuilder text)
    {
        text.Append('[');
        var i = at + 1;
        if (i < pattern.Length && pattern[i] == '^')
        {
            text.Append('^');
            i++;
        }

        for (var first = true; i < pattern.Length; i++, first = false)
        {
            if (pattern[i] == ']' && !first)
            {
                text.Append(']');
                return i;
            }

            if (pattern[i] == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':')
            {
                var end = pattern.IndexOf(":]", i, StringComparison.Ordinal);
                if (end > 0 && Posix(pattern[(i + 2)..end]) is { } range)
                {
                    text.Append(range);
                    i = end + 1;
                    continue;
                }

                throw new ArgumentException("invalid character class range");
            }

            if (pattern[i] == '\\')
            {
                i = Escape(pattern, i, text, inClass: true);
                continue;
            }

            // A bracket inside a class is a plain character in RE2, but may start a subtraction in .NET.
            if (pattern[i] is '[' or ']')
                text.Append('\\');
            text.Append(pattern[i]);
        }

        throw new ArgumentException($"missing closing ]: `{pattern[at..]}`");
    }

    private static int Escape(string pattern, int at, StringBuilder text, bool inClass)
    {
        if (at + 1 >= pattern.Length)
            throw new ArgumentException("trailing backslash at end of expression: ``");
        var kind = pattern[at + 1];
        var ascii = kind switch
        {
            'd' => "0-9",
            'w' => "0-9A-Za-z_",
            's' => "\\t\\n\\f\\r ",
            _ => null,
        };
        if (ascii is not null)
        {
            text.Append(inClass ? ascii : $"[{ascii}]");
            return at + 1;
        }

        switch (kind)
        {
            case 'D' or 'W' or 'S' when !inClass:
                text.Append(kind switch { 'D' => "[^0-9]", 'W' => "[^0-9A-Za-z_]", _ => "[^\\t\\n\\f\\r ]" });
                return at + 1;
            case 'Q':
                var end = pattern.IndexOf("\\E", at + 2, StringComparison.Ordinal);
                text.Append(Regex.Escape(pattern[(at + 2)..(end < 0 ? pattern.Length : end)]));
                return end < 0 ? pattern.Length - 1 : end + 1;
            case 'p' or 'P' when at + 2 < pattern.Length && pattern[at + 2] != '{':
                text.Append('\\').Append(kind).Append('{').Append(pattern[at + 2]).Append('}');
                return at + 2;
            case 'x' when at + 2 < pattern.Length && pattern[at + 2] == '{':
                var close = pattern.IndexOf('}', at);
                if (close < 0 || !int.TryParse(pattern.AsSpan(at + 3, close - at - 3), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code) || !Rune.IsValid(code))
                    throw new ArgumentException($"invalid escape sequence: `{pattern[at..]}`");
                text.Append(Regex.Escape(new Rune(code).ToString()));
                return close;
            case >= '1' and <= '9':
                throw new ArgumentException($"invalid escape sequence: `\\{kind}`");
            case 'k' or 'G' or 'Z' or 'C' or 'e' or 'c' or 'u' or 'X' or 'R' or 'K':
                throw new ArgumentException($"invalid escape sequence: `\\{kind}`");
            default:
                text.Append('\\').Append(kind);
                return at + 1;
        }
    }

    private static string? Posix(string name) => name switch
    {
        "alnum" => "0-9A-Za-z",
        "alpha" => "A-Za-z",
        "ascii" => "\\x00-\\x7F",
        "blank" => "\\t ",
        "cntrl" => "\\x00-\\x1F\\x7F",
        "digit" => "0-9",
        "graph" => "!-~",
        "lower" => "a-z",
        "print" => " -~",
        "punct" => "!-/:-@\\[-`{-~",
        "space" => "\\t\\n\\v\\f\\r ",
        "upper" => "A-Z",
        "word" => "0-9A-Za-z_",
        "xdigit" => "0-9A-Fa-f",
        _ => null,
    };
}

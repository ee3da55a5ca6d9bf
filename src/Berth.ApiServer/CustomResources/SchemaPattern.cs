using System.Text.RegularExpressions;

namespace Berth.ApiServer.CustomResources;

/// <summary>
/// The patterns of schemas. Kubernetes evaluates them with Go's regexp (RE2 syntax, linear time); the closest that .NET has is its
/// non-backtracking engine, which refuses what could take exponential time.
/// </summary>
internal static class SchemaPattern
{
    // Patterns that the linear engine cannot take (lookarounds do not exist in RE2 either) are bounded in time instead.
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(250);

    /// <exception cref="ArgumentException">It is no pattern.</exception>
    public static Regex Compile(string pattern)
    {
        // \z means the same in both; Go's \pN classes and (?P<name>) groups need their .NET spelling.
        var translated = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal);
        try
        {
            return new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new Regex(translated, RegexOptions.CultureInvariant, s_limit);
        }
    }
}

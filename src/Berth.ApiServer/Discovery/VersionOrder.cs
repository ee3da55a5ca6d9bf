using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.ApiServer.Discovery;

/// <summary>The order of versions of one group: stable before beta before alpha, newer before older, all others behind them by name.</summary>
internal static partial class VersionOrder
{
    public static IComparer<string> BestFirst { get; } = Comparer<string>.Create(Compare);

    private static int Compare(string left, string right)
    {
        var (l, r) = (Rank(left), Rank(right));
        if (l is null || r is null)
            return l is null ? r is null ? string.CompareOrdinal(left, right) : 1 : -1;
        return r.Value.CompareTo(l.Value);
    }

    private static (int Stability, int Major, int Minor)? Rank(string version)
    {
        var match = Pattern().Match(version);
        if (!match.Success)
            return null;
        var stability = match.Groups[2].Value switch { "" => 3, "beta" => 2, _ => 1 };
        return (stability, Number(match.Groups[1].Value), Number(match.Groups[3].Value));
    }

    private static int Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"^v(\d+)(?:(alpha|beta)(\d+))?$")]
    private static partial Regex Pattern();
}

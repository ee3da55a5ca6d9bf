using System.Globalization;
using System.Text.RegularExpressions;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Kubernetes;

/// <summary>A semantic version (semver.org 2.0). Build metadata counts for neither order nor equality.</summary>
public sealed partial class CelSemver : CelValue
{
    private readonly string _text;
    private readonly string[] _pre;

    private CelSemver(string text, ulong major, ulong minor, ulong patch, string[] pre) => (_text, Major, Minor, Patch, _pre) = (text, major, minor, patch, pre);

    public ulong Major { get; }

    public ulong Minor { get; }

    public ulong Patch { get; }

    public override CelType Type => SemverFunctions.Type;

    /// <param name="normalize">Allows a leading v, missing parts and leading zeros.</param>
    public static CelSemver? TryParse(string text, bool normalize = false)
    {
        if (normalize)
            text = Normalized(text);
        var match = Form().Match(text);
        if (!match.Success || !Part(match, "major", out var major) || !Part(match, "minor", out var minor) || !Part(match, "patch", out var patch))
            return null;
        var pre = match.Groups["pre"].Value is { Length: > 0 } given ? given.Split('.') : [];
        return pre.Any(p => p.Length > 1 && p[0] == '0' && p.All(char.IsAsciiDigit)) ? null : new CelSemver(text, major, minor, patch, pre);
    }

    public int CompareTo(CelSemver other)
    {
        var order = Major.CompareTo(other.Major);
        if (order == 0)
            order = Minor.CompareTo(other.Minor);
        if (order == 0)
            order = Patch.CompareTo(other.Patch);
        if (order != 0)
            return order;
        if (_pre.Length == 0 || other._pre.Length == 0)
            return other._pre.Length.CompareTo(_pre.Length) is var rank && rank > 0 ? 1 : rank < 0 ? -1 : 0;
        for (var i = 0; i < Math.Min(_pre.Length, other._pre.Length); i++)
        {
            order = Compare(_pre[i], other._pre[i]);
            if (order != 0)
                return order;
        }

        return _pre.Length.CompareTo(other._pre.Length);
    }

    public override bool EqualTo(CelValue other) => other is CelSemver s && CompareTo(s) == 0;

    public override string ToString() => _text;

    private static bool Part(Match match, string name, out ulong value) =>
        ulong.TryParse(match.Groups[name].Value, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static int Compare(string left, string right)
    {
        var (a, b) = (left.All(char.IsAsciiDigit), right.All(char.IsAsciiDigit));
        if (a != b)
            return a ? -1 : 1;
        var order = a && left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
        return Math.Sign(order);
    }

    private static string Normalized(string text)
    {
        text = text.StartsWith('v') ? text[1..] : text;
        var cut = text.IndexOfAny(['-', '+']);
        var (core, rest) = cut < 0 ? (text, "") : (text[..cut], text[cut..]);
        var parts = core.Split('.').Select(p => p.Length > 1 ? p.TrimStart('0') is { Length: > 0 } kept ? kept : "0" : p).ToList();
        while (parts.Count < 3)
            parts.Add("0");
        return string.Join('.', parts) + rest;
    }

    [GeneratedRegex(@"^(?<major>0|[1-9][0-9]*)\.(?<minor>0|[1-9][0-9]*)\.(?<patch>0|[1-9][0-9]*)(-(?<pre>[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*))?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}

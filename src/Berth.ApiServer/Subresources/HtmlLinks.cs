using System.Text.RegularExpressions;

namespace Berth.ApiServer.Subresources;

/// <summary>Puts the path under which a proxied page is seen before the links in it that begin at the server's root.</summary>
internal static partial class HtmlLinks
{
    /// <param name="root">Such as <c>/api/v1/namespaces/a/pods/p/proxy</c>.</param>
    /// <param name="host">The backend's own name: links to it become links through the proxy.</param>
    public static string Rewrite(string html, string root, string host) => Attribute().Replace(html, match =>
    {
        var link = match.Groups["link"].Value;
        var own = new[] { $"http://{host}", $"https://{host}", $"//{host}" }.FirstOrDefault(p => link.StartsWith(p, StringComparison.OrdinalIgnoreCase)
            && (link.Length == p.Length || link[p.Length] == '/'));
        if (own is not null)
            link = link.Length == own.Length ? "/" : link[own.Length..];
        else if (!link.StartsWith('/') || link.StartsWith("//", StringComparison.Ordinal))
            return match.Value;
        if (link.StartsWith(root + "/", StringComparison.Ordinal))
            return match.Value;
        return $"{match.Groups["name"].Value}={match.Groups["quote"].Value}{root}{link}{match.Groups["quote"].Value}";
    });

    [GeneratedRegex(
        """(?<name>\b(?:href|src|action|formaction|cite|background|codebase|data|longdesc|profile|poster|manifest|icon|classid|usemap))\s*=\s*(?<quote>["'])(?<link>[^"']*)\k<quote>""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Attribute();
}

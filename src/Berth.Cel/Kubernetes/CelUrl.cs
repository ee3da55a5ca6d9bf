using System.Text.RegularExpressions;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Kubernetes;

/// <summary>A URL, absolute or an absolute path.</summary>
public sealed partial class CelUrl : CelValue
{
    private readonly string _text;
    private readonly string _query;

    private CelUrl(string text, Match match)
    {
        _text = text;
        _query = match.Groups["query"].Value;
        Scheme = match.Groups["scheme"].Value.ToLowerInvariant();
        Host = match.Groups["host"].Value;
        Path = match.Groups["path"].Value;
        var colon = Host.EndsWith(']') ? -1 : Host.LastIndexOf(':');
        Port = colon < 0 ? "" : Host[(colon + 1)..];
        Hostname = (colon < 0 ? Host : Host[..colon]).TrimStart('[').TrimEnd(']');
    }

    public string Scheme { get; }

    /// <summary>With the port.</summary>
    public string Host { get; }

    public string Hostname { get; }

    public string Port { get; }

    /// <summary>As written.</summary>
    public string Path { get; }

    public override CelType Type => UrlFunctions.Type;

    public override long Size => _text.Length;

    public static CelUrl? TryParse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success || (match.Groups["scheme"].Length == 0 && !text.StartsWith('/')) || text.Any(c => c <= ' ' || c == 0x7f) || BadEscape().IsMatch(text))
            return null;
        var url = new CelUrl(text, match);
        return url.Port.All(char.IsAsciiDigit) ? url : null;
    }

    public CelMap Query()
    {
        var values = new Dictionary<string, List<CelValue>>(StringComparer.Ordinal);
        foreach (var pair in _query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (pair, "") : (pair[..equals], pair[(equals + 1)..]);
            name = Decoded(name);
            if (!values.TryGetValue(name, out var list))
                values[name] = list = [];
            list.Add(Decoded(value));
        }

        return CelMap.Of(values.Select(v => KeyValuePair.Create(v.Key, (CelValue)CelList.Of(v.Value))));
    }

    public override bool EqualTo(CelValue other) => other is CelUrl u && u._text == _text;

    public override string ToString() => _text;

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    [GeneratedRegex(@"^((?<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(//([^/?#@]*@)?(?<host>\[[^\]]*\](:[^/?]*)?|[^/?\[\]]*))?(?<path>[^?]*)(\?(?<query>.*))?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    [GeneratedRegex(@"%([^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?\z)", RegexOptions.NonBacktracking)]
    private static partial Regex BadEscape();
}

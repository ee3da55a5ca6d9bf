using System.Text;

namespace Berth.ApiServer.CustomResources.Rules;

/// <summary>Names of properties as expressions write them: <c>my-name.x</c> is <c>my__dash__name__dot__x</c>.</summary>
internal static class PropertyNames
{
    private static readonly HashSet<string> s_reserved = new(StringComparer.Ordinal)
    {
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace",
        "return", "var", "void", "while",
    };

    /// <returns>Null when expressions cannot name it at all.</returns>
    public static string? Escape(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            return null;
        if (s_reserved.Contains(name))
            return $"__{name}__";
        var escaped = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            switch (name[i])
            {
                case '_' when i + 1 < name.Length && name[i + 1] == '_':
                    escaped.Append("__underscores__");
                    i++;
                    break;
                case '.':
                    escaped.Append("__dot__");
                    break;
                case '-':
                    escaped.Append("__dash__");
                    break;
                case '/':
                    escaped.Append("__slash__");
                    break;
                case var c when char.IsAsciiLetterOrDigit(c) || c == '_':
                    escaped.Append(c);
                    break;
                default:
                    return null;
            }
        }

        return escaped.ToString();
    }
}

using Berth.ApiServer.Validation;

namespace Berth.ApiServer.CustomResources.Rules;

/// <summary>The <c>fieldPath</c> of a rule: <c>.spec.name</c>, <c>.labels['a.b/c']</c>. Fields and keys of maps alone.</summary>
internal static class RulePath
{
    /// <param name="path">Where the rule stands.</param>
    /// <returns>Null with what is wrong.</returns>
    public static FieldPath? Resolve(string text, StructuralSchema schema, FieldPath path, out string problem)
    {
        problem = "";
        var at = 0;
        var current = schema;
        while (at < text.Length)
        {
            string name;
            if (text[at] == '.')
            {
                var end = text.IndexOfAny(['.', '['], at + 1);
                name = text[(at + 1)..(end < 0 ? text.Length : end)];
                at = end < 0 ? text.Length : end;
            }
            else if (text[at] == '[')
            {
                var end = text.IndexOf("']", at, StringComparison.Ordinal);
                if (at + 1 >= text.Length || text[at + 1] != '\'' || end < at + 2)
                    return Wrong("expected single quoted string", out problem);
                name = text[(at + 2)..end].Replace("\\'", "'", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
                at = end + 2;
            }
            else
            {
                return Wrong($"expected [ or . but got: {text[at..]}", out problem);
            }

            if (current.Properties.TryGetValue(name, out var property))
                (current, path) = (property, path[name]);
            else if (current.Properties.Count == 0 && current.Additional is { } additional)
                (current, path) = (additional, path.Key(name));
            else
                return Wrong("does not refer to a valid field", out problem);
        }

        return path;
    }

    private static FieldPath? Wrong(string what, out string problem)
    {
        problem = what;
        return null;
    }
}

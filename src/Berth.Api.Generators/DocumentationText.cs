using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Api.Generators;

/// <summary>
/// The words that stand as <c>summary</c> above a type and its fields, as plain text for OpenAPI. They are read as trivia: the
/// compiler parses comments as documentation only where a documentation file is asked for.
/// </summary>
internal static class DocumentationText
{
    private static readonly Regex s_summary = new("<summary>(.*?)</summary>", RegexOptions.Singleline);
    private static readonly Regex s_reference = new("<(?:see|paramref) (?:cref|langword|name)=\"(?:[^\"]*\\.)?([^\".]+)\" ?/>");
    private static readonly Regex s_tag = new("</?(?:c|para|b|i)>");

    /// <summary>Lines: the type's own words, then those of each field in the given order; empty where there are none. Null when there are none at all.</summary>
    public static string? Of(RecordDeclarationSyntax record, IReadOnlyList<FieldModel> fields)
    {
        var byProperty = new Dictionary<string, string>(System.StringComparer.Ordinal);
        foreach (var property in record.Members.OfType<PropertyDeclarationSyntax>())
            byProperty[property.Identifier.Text] = Of(property);
        var lines = new List<string> { Of(record) };
        foreach (var field in fields)
            lines.Add(byProperty.TryGetValue(field.Property, out var text) ? text : "");
        return lines.All(l => l.Length == 0) ? null : string.Join("\n", lines);
    }

    private static string Of(SyntaxNode node)
    {
        var comment = new StringBuilder();
        foreach (var line in node.GetLeadingTrivia().ToFullString().Split('\n'))
        {
            var text = line.Trim();
            if (text.StartsWith("///", System.StringComparison.Ordinal))
                comment.Append(text.Substring(3).Trim()).Append(' ');
        }

        var summary = s_summary.Match(comment.ToString());
        if (!summary.Success)
            return "";
        var plain = s_tag.Replace(s_reference.Replace(summary.Groups[1].Value, m => char.ToLowerInvariant(m.Groups[1].Value[0]) + m.Groups[1].Value.Substring(1)), "");
        return plain.Replace("&lt;", "<").Replace("&gt;", ">").Replace("&quot;", "\"").Replace("&amp;", "&").Trim();
    }
}

using System.Text;

namespace Berth.Api.Selection;

/// <summary>A field selector: equalities and inequalities on field paths, all of which must hold.</summary>
public sealed record FieldSelector(ApiList<FieldCondition> Conditions)
{
    public static FieldSelector Everything { get; } = new(ApiList<FieldCondition>.Empty);

    /// <summary>Parses <c>metadata.name=a,status.phase!=Running</c>. A backslash takes <c>,</c>, <c>=</c> and itself literally.</summary>
    /// <exception cref="FormatException">The text is not a field selector.</exception>
    public static FieldSelector Parse(string text)
    {
        var conditions = new List<FieldCondition>();
        foreach (var term in Split(text))
        {
            if (term.Length == 0)
                continue;
            var equals = IndexOfOperator(term, out var width, out var negated);
            if (equals <= 0)
                throw new FormatException($"invalid selector: '{text}'; can't understand '{term}'");
            conditions.Add(new(term[..equals], Unescape(term[(equals + width)..]), negated));
        }

        return conditions.Count == 0 ? Everything : new(conditions.ToApiList());
    }

    /// <param name="valueOf">The object's value at a path; null where it has no such path.</param>
    public bool Matches(Func<string, string?> valueOf)
    {
        foreach (var condition in Conditions)
        {
            if (string.Equals(valueOf(condition.Path) ?? "", condition.Value, StringComparison.Ordinal) == condition.Negated)
                return false;
        }

        return true;
    }

    public override string ToString() => string.Join(",", Conditions.Select(c => $"{c.Path}{(c.Negated ? "!=" : "=")}{c.Value}"));

    private static IEnumerable<string> Split(string text)
    {
        var term = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                term.Append(text[i]).Append(text[++i]);
            }
            else if (text[i] == ',')
            {
                yield return term.ToString();
                term.Clear();
            }
            else
            {
                term.Append(text[i]);
            }
        }

        yield return term.ToString();
    }

    private static int IndexOfOperator(string term, out int width, out bool negated)
    {
        for (var i = 0; i < term.Length; i++)
        {
            negated = term[i] == '!' && i + 1 < term.Length && term[i + 1] == '=';
            if (negated || term[i] == '=')
            {
                width = negated || (i + 1 < term.Length && term[i + 1] == '=') ? 2 : 1;
                return i;
            }
        }

        width = 0;
        negated = false;
        return -1;
    }

    private static string Unescape(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal))
            return value;
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
                i++;
            text.Append(value[i]);
        }

        return text.ToString();
    }
}

/// <summary>One condition of a <see cref="FieldSelector"/>.</summary>
public sealed record FieldCondition(string Path, string Value, bool Negated);

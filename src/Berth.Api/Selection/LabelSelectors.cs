using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.Api.Selection;

/// <summary>Makes <see cref="Selector"/>s from the API's selectors and from query strings.</summary>
public static class LabelSelectors
{
    /// <summary>Null selects nothing, an empty selector everything.</summary>
    /// <exception cref="FormatException">An operator is unknown, or its values do not fit it.</exception>
    public static Selector Compile(LabelSelector? selector)
    {
        if (selector is null)
            return Selector.Nothing;
        var requirements = new List<Requirement>();
        foreach (var (key, value) in selector.MatchLabels.AsSpan())
            requirements.Add(new(key, SelectorOperator.In, [value]));
        foreach (var expression in selector.MatchExpressions)
            requirements.Add(Make(expression.Key, expression.Operator, expression.Values));
        return requirements.Count == 0 ? Selector.Everything : new Selector([.. requirements]);
    }

    /// <summary>Equality on each label; an empty map selects everything (as <c>kubectl</c>'s <c>-l</c>), so callers whose empty selector means nothing must check first.</summary>
    public static Selector FromLabels(ApiMap<string> labels) =>
        labels.IsEmpty ? Selector.Everything : new Selector([.. labels.Select(l => new Requirement(l.Key, SelectorOperator.In, [l.Value]))]);

    /// <summary>One term of a node selector, on labels; fields are the caller's.</summary>
    /// <exception cref="FormatException">An operator is unknown, or its values do not fit it.</exception>
    public static Selector Compile(ApiList<NodeSelectorRequirement> expressions) =>
        new([.. expressions.Select(e => Make(e.Key, e.Operator, e.Values))]);

    /// <summary>Parses a query such as <c>app=web,tier in (front,back),!canary</c>.</summary>
    /// <exception cref="FormatException">The text is not a selector; the message says where.</exception>
    public static Selector Parse(string text)
    {
        var requirements = new SelectorParser(text).Parse();
        return requirements.Length == 0 ? Selector.Everything : new Selector(requirements);
    }

    private static Requirement Make(string key, string op, ApiList<string> values)
    {
        var parsed = op switch
        {
            "In" => SelectorOperator.In,
            "NotIn" => SelectorOperator.NotIn,
            "Exists" => SelectorOperator.Exists,
            "DoesNotExist" => SelectorOperator.DoesNotExist,
            "Gt" => SelectorOperator.GreaterThan,
            "Lt" => SelectorOperator.LessThan,
            _ => throw new FormatException($"\"{op}\" is not a valid label selector operator"),
        };
        if (parsed is SelectorOperator.In or SelectorOperator.NotIn && values.IsEmpty)
            throw new FormatException($"for '{op}' operator, values set can't be empty");
        if (parsed is SelectorOperator.Exists or SelectorOperator.DoesNotExist && !values.IsEmpty)
            throw new FormatException($"values set must be empty for operator '{op}'");
        return new(key, parsed, values.Count < 2 ? values : values.Order(StringComparer.Ordinal).ToApiList());
    }
}

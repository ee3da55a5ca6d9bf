using System.Globalization;

namespace Berth.Api.Selection;

public enum SelectorOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,

    /// <summary>Only in node selectors: the label is a whole number above the one given.</summary>
    GreaterThan,

    /// <summary>Only in node selectors: the label is a whole number below the one given.</summary>
    LessThan,
}

/// <summary>One condition on one label.</summary>
/// <param name="Values">Sorted. Empty for Exists and DoesNotExist; one number for GreaterThan and LessThan.</param>
public sealed record Requirement(string Key, SelectorOperator Operator, ApiList<string> Values)
{
    public bool Matches(ApiMap<string> labels)
    {
        var has = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            SelectorOperator.In => has && Contains(value!),
            SelectorOperator.NotIn => !has || !Contains(value!),
            SelectorOperator.Exists => has,
            SelectorOperator.DoesNotExist => !has,
            _ => has && Compare(value!),
        };
    }

    public override string ToString() => Operator switch
    {
        SelectorOperator.In when Values.Count == 1 => $"{Key}={Values[0]}",
        SelectorOperator.In => $"{Key} in ({string.Join(",", Values)})",
        SelectorOperator.NotIn when Values.Count == 1 => $"{Key}!={Values[0]}",
        SelectorOperator.NotIn => $"{Key} notin ({string.Join(",", Values)})",
        SelectorOperator.Exists => Key,
        SelectorOperator.DoesNotExist => $"!{Key}",
        SelectorOperator.GreaterThan => $"{Key}>{Values[0]}",
        _ => $"{Key}<{Values[0]}",
    };

    private bool Contains(string value)
    {
        foreach (var candidate in Values)
        {
            if (string.Equals(candidate, value, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private bool Compare(string label)
    {
        if (Values.Count != 1
            || !long.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var left)
            || !long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var right))
            return false;
        return Operator == SelectorOperator.GreaterThan ? left > right : left < right;
    }
}

using System.Globalization;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Extensions;

/// <summary>What the rules of one schema cost at worst, all objects of the definition considered. Used once.</summary>
internal sealed class RuleCosts
{
    private const long RuleMax = 10_000_000;
    private const long SchemaMax = 100_000_000;

    // As many as help to find what is wrong.
    private const int NamedMax = 4;

    private readonly List<(FieldPath Path, long Cost)> _rules = [];

    /// <param name="occurrences">How often the value that the rule is about can occur in one object.</param>
    public void Add(FieldErrors errors, FieldPath path, string what, long cost, long occurrences)
    {
        cost = (Int128)cost * occurrences is var product && product > long.MaxValue ? long.MaxValue : (long)product;
        _rules.Add((path, cost));
        if (cost > RuleMax)
            errors.Forbidden(path, Exceeds(what, cost, RuleMax));
    }

    public void Finish(FieldErrors errors, FieldPath path)
    {
        var total = _rules.Aggregate((Int128)0, (sum, r) => sum + r.Cost);
        if (total <= SchemaMax)
            return;
        foreach (var (rule, _) in _rules.Where(r => r.Cost >= SchemaMax / 100).OrderByDescending(r => r.Cost).Take(NamedMax))
            errors.Forbidden(rule, "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema");
        errors.Forbidden(path, Exceeds("x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", (double)total, SchemaMax));
    }

    private static string Exceeds(string what, double cost, long limit)
    {
        var factor = cost / limit;
        var text = factor > 100 ? "more than 100x" : factor.ToString(factor < 1.5 ? "F6" : "F1", CultureInfo.InvariantCulture) + "x";
        return $"{what} exceeds budget by factor of {text} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";
    }
}

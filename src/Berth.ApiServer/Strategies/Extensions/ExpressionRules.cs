using Berth.ApiServer.CustomResources;
using Berth.ApiServer.CustomResources.Rules;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Extensions;

/// <summary>What a definition's own rules (<c>x-kubernetes-validations</c>) must be: expressions that compile, and messages that fit them.</summary>
internal static class ExpressionRules
{
    /// <summary>For schemas that are structural.</summary>
    public static void Validate(FieldErrors errors, FieldPath path, StructuralSchema root)
    {
        if (!root.HasRules)
            return;
        var costs = new RuleCosts();
        Visit(errors, costs, path, root, new Place("self", IsResource: true, Uncorrelatable: null, Occurrences: 1));
        costs.Finish(errors, path);
    }

    private static void Visit(FieldErrors errors, RuleCosts costs, FieldPath path, StructuralSchema schema, Place place)
    {
        if (!schema.HasRules)
            return;
        if (!schema.Rules.IsEmpty)
            Rules(errors, costs, path["x-kubernetes-validations"], schema, place);
        foreach (var (property, part) in schema.Properties)
            Visit(errors, costs, path["properties"].Key(property), part, place with { Name = $"{place.Name}.{property}", IsResource = part.IsEmbedded });
        if (schema.Additional is { } additional)
        {
            Visit(errors, costs, path["additionalProperties"], additional, new Place(
                place.Name + ".@elem", additional.IsEmbedded, place.Uncorrelatable, Times(place.Occurrences, schema.Source.MaxProperties)));
        }

        if (schema.Items is { } items)
        {
            Visit(errors, costs, path["items"], items, new Place(
                place.Name + ".@idx",
                items.IsEmbedded,
                place.Uncorrelatable ?? (schema.Source.XKubernetesListType == "map" ? null : path["items"]),
                Times(place.Occurrences, schema.Source.MaxItems)));
        }
    }

    private static long? Times(long? occurrences, long? items) => occurrences is { } often && items is { } many
        ? (Int128)often * Math.Max(0, many) is var product && product > long.MaxValue ? long.MaxValue : (long)product
        : null;

    private static void Rules(FieldErrors errors, RuleCosts costs, FieldPath path, StructuralSchema schema, Place place)
    {
        var occurrences = place.Occurrences ?? SchemaSizes.Occurrences(schema);
        var self = SchemaTypes.Of(schema, place.Name, place.IsResource);
        for (var i = 0; i < schema.Rules.Count; i++)
        {
            var (source, at) = (schema.Rules[i], path[i]);
            if (source.Rule.Trim().Length == 0)
                continue;
            if (source.FieldPath.Length > 0 && RulePath.Resolve(source.FieldPath, schema, FieldPath.Root, out _) is null)
                errors.Invalid(at["fieldPath"], (object)source.FieldPath, "must be a valid path");
            if (self is null)
            {
                errors.Invalid(at["rule"], (object)source, "compilation failed: values of this schema have no type that expressions know");
                continue;
            }

            var rule = new CompiledRule(source, self);
            if (rule.Program is { } program)
                costs.Add(errors, at["rule"], "estimated rule cost", program.EstimateCost(), occurrences);
            if (rule.Message is { } made)
                costs.Add(errors, at["messageExpression"], "estimated messageExpression cost", made.EstimateCost(), occurrences);
            if (rule.Problem is { } problem)
                errors.Invalid(at["rule"], (object)source, problem);
            if (rule.MessageProblem is { } message)
                errors.Invalid(at["messageExpression"], (object)source, message);
            if (rule.IsTransition && place.Uncorrelatable is { } uncorrelatable)
                errors.Invalid(at["rule"], (object)source.Rule, $"oldSelf cannot be used on the uncorrelatable portion of the schema within {uncorrelatable}");
            else if (rule is { IsTransition: false, Problem: null } && source.OptionalOldSelf is { } optional)
                errors.Invalid(at["optionalOldSelf"], (object)optional, "may not be set if oldSelf is not used in rule");
        }
    }

    /// <summary>Where a part of a schema is.</summary>
    /// <param name="Name">Of its type.</param>
    /// <param name="Uncorrelatable">The outermost part of the schema around it whose old values cannot be told apart; null when all can.</param>
    /// <param name="Occurrences">How many values it can have in one object; null when nothing but the object's size bounds that.</param>
    private sealed record Place(string Name, bool IsResource, FieldPath? Uncorrelatable, long? Occurrences);
}

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
        if (root.HasRules)
            Visit(errors, path, root, "self", isResource: true, uncorrelatable: null);
    }

    /// <param name="uncorrelatable">The outermost part of the schema whose old values cannot be told apart; null when all can.</param>
    private static void Visit(FieldErrors errors, FieldPath path, StructuralSchema schema, string name, bool isResource, FieldPath? uncorrelatable)
    {
        if (!schema.HasRules)
            return;
        if (!schema.Rules.IsEmpty)
            Rules(errors, path["x-kubernetes-validations"], schema, name, isResource, uncorrelatable);
        foreach (var (property, part) in schema.Properties)
            Visit(errors, path["properties"].Key(property), part, $"{name}.{property}", part.IsEmbedded, uncorrelatable);
        if (schema.Additional is { } additional)
            Visit(errors, path["additionalProperties"], additional, name + ".@elem", additional.IsEmbedded, uncorrelatable);
        if (schema.Items is { } items)
            Visit(errors, path["items"], items, name + ".@idx", items.IsEmbedded, uncorrelatable ?? (schema.Source.XKubernetesListType == "map" ? null : path["items"]));
    }

    private static void Rules(FieldErrors errors, FieldPath path, StructuralSchema schema, string name, bool isResource, FieldPath? uncorrelatable)
    {
        var self = SchemaTypes.Of(schema, name, isResource);
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
            if (rule.Problem is { } problem)
                errors.Invalid(at["rule"], (object)source, problem);
            if (rule.MessageProblem is { } message)
                errors.Invalid(at["messageExpression"], (object)source, message);
            if (rule.IsTransition && uncorrelatable is not null)
                errors.Invalid(at["rule"], (object)source.Rule, $"oldSelf cannot be used on the uncorrelatable portion of the schema within {uncorrelatable}");
            else if (rule is { IsTransition: false, Problem: null } && source.OptionalOldSelf is { } optional)
                errors.Invalid(at["optionalOldSelf"], (object)optional, "may not be set if oldSelf is not used in rule");
        }
    }
}

using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Validation;

/// <summary>Rules of label and node selectors.</summary>
public static class SelectorRules
{
    private const string Unknown = "not a valid selector operator";

    public static void Label(FieldErrors errors, FieldPath path, LabelSelector? selector)
    {
        if (selector is null)
            return;
        MetadataRules.Labels(errors, path["matchLabels"], selector.MatchLabels);
        for (var i = 0; i < selector.MatchExpressions.Count; i++)
        {
            var (expression, at) = (selector.MatchExpressions[i], path["matchExpressions"][i]);
            Operands(errors, at, expression.Operator, expression.Values, ordered: false);
            errors.Invalid(at["key"], expression.Key, NameSyntax.QualifiedName(expression.Key));
            Values(errors, at["values"], expression.Values);
        }
    }

    public static void Node(FieldErrors errors, FieldPath path, NodeSelector selector)
    {
        var at = path["nodeSelectorTerms"];
        if (selector.NodeSelectorTerms.IsEmpty)
            errors.Required(at, "must have at least one node selector term");
        for (var i = 0; i < selector.NodeSelectorTerms.Count; i++)
            NodeTerm(errors, at[i], selector.NodeSelectorTerms[i], checkValues: true);
    }

    public static void NodeTerm(FieldErrors errors, FieldPath path, NodeSelectorTerm term, bool checkValues)
    {
        for (var i = 0; i < term.MatchExpressions.Count; i++)
        {
            var (expression, at) = (term.MatchExpressions[i], path["matchExpressions"][i]);
            Operands(errors, at, expression.Operator, expression.Values, ordered: true);
            errors.Invalid(at["key"], expression.Key, NameSyntax.QualifiedName(expression.Key));
            if (checkValues)
                Values(errors, at["values"], expression.Values);
        }

        for (var i = 0; i < term.MatchFields.Count; i++)
            NodeField(errors, path["matchFields"][i], term.MatchFields[i]);
    }

    private static void NodeField(FieldErrors errors, FieldPath path, NodeSelectorRequirement field)
    {
        if (field.Operator is not ("In" or "NotIn"))
            errors.Invalid(path["operator"], field.Operator, Unknown);
        else if (field.Values.Count != 1)
            errors.Required(path["values"], "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
        if (field.Key != "metadata.name")
        {
            errors.Invalid(path["key"], field.Key, "not a valid field selector key");
            return;
        }

        for (var i = 0; i < field.Values.Count; i++)
            errors.Invalid(path["values"][i], field.Values[i], NameSyntax.DnsSubdomain(field.Values[i]));
    }

    private static void Operands(FieldErrors errors, FieldPath path, string op, ApiList<string> values, bool ordered)
    {
        switch (op)
        {
            case "In" or "NotIn":
                if (values.IsEmpty)
                    errors.Required(path["values"], "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case "Exists" or "DoesNotExist":
                if (!values.IsEmpty)
                    errors.Forbidden(path["values"], "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case "Gt" or "Lt" when ordered:
                if (values.Count != 1)
                    errors.Required(path["values"], "must be specified single value when `operator` is 'Lt' or 'Gt'");
                break;
            default:
                errors.Invalid(path["operator"], op, Unknown);
                break;
        }
    }

    private static void Values(FieldErrors errors, FieldPath path, ApiList<string> values)
    {
        for (var i = 0; i < values.Count; i++)
            errors.Invalid(path[i], values[i], NameSyntax.LabelValue(values[i]));
    }
}

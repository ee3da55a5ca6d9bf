using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Admission.Expressions;
using Berth.ApiServer.Admission.Policies;
using Berth.ApiServer.Validation;
using Berth.Cel;
using Berth.Cel.Types;

namespace Berth.ApiServer.Strategies.AdmissionRegistration;

/// <summary>Rules and defaults that admission policies and their bindings share.</summary>
internal static class PolicyRules
{
    public static MatchResources? Default(MatchResources? match) => match is null ? null : match with
    {
        MatchPolicy = match.MatchPolicy ?? "Equivalent",
        NamespaceSelector = match.NamespaceSelector ?? LabelSelector.Empty,
        ObjectSelector = match.ObjectSelector ?? LabelSelector.Empty,
        ResourceRules = Default(match.ResourceRules),
        ExcludeResourceRules = Default(match.ExcludeResourceRules),
    };

    public static void Match(FieldErrors errors, FieldPath path, MatchResources match)
    {
        if (match.MatchPolicy is { } policy)
            BasicRules.OneOf(errors, path["matchPolicy"], policy, "Equivalent", "Exact");
        SelectorRules.Label(errors, path["namespaceSelector"], match.NamespaceSelector);
        SelectorRules.Label(errors, path["objectSelector"], match.ObjectSelector);
        Rules(errors, path["resourceRules"], match.ResourceRules);
        Rules(errors, path["excludeResourceRules"], match.ExcludeResourceRules);
    }

    public static void Constraints(FieldErrors errors, FieldPath path, MatchResources? match)
    {
        if (match is null)
        {
            errors.Required(path);
            return;
        }

        Match(errors, path, match);
        if (match.ResourceRules.IsEmpty)
            errors.Required(path["resourceRules"]);
    }

    public static void Kind(FieldErrors errors, FieldPath path, ParamKind kind)
    {
        if (kind.ApiVersion.Length == 0)
            errors.Required(path["apiVersion"]);
        if (kind.Kind.Length == 0)
            errors.Required(path["kind"]);
    }

    public static void Parameter(FieldErrors errors, FieldPath path, ParamRef parameter)
    {
        const string OneOf = "one of name or selector must be specified";
        if (parameter.Name.Length == 0 && parameter.Selector is null)
            errors.Required(path, OneOf);
        if (parameter.Name.Length > 0 && parameter.Selector is not null)
            errors.Forbidden(path["name"], "name and selector are mutually exclusive");
        SelectorRules.Label(errors, path["selector"], parameter.Selector);
        if (parameter.ParameterNotFoundAction is not { } action)
            errors.Required(path["parameterNotFoundAction"]);
        else
            BasicRules.OneOf(errors, path["parameterNotFoundAction"], action, "Allow", "Deny");
    }

    /// <returns>The variables compiled; what follows is compiled with them.</returns>
    public static PolicyVariables Variables(FieldErrors errors, FieldPath path, ApiList<Variable> variables, CelEnvironment environment)
    {
        var compiled = new PolicyVariables(environment, variables);
        for (var i = 0; i < variables.Count; i++)
        {
            if (variables[i].Name.Length == 0)
                errors.Required(path[i]["name"]);
            else if (variables[i].Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_') || char.IsAsciiDigit(variables[i].Name[0]))
                errors.Invalid(path[i]["name"], (object)variables[i].Name, "must be a valid CEL identifier");
            if (variables[i].Expression.Trim().Length == 0)
                errors.Required(path[i]["expression"], "expression is not specified");
            else if (compiled.Problems[i] is { } problem)
                errors.Invalid(path[i]["expression"], (object)variables[i].Expression, problem);
        }

        return compiled;
    }

    /// <summary>An expression that may not be missing.</summary>
    public static void Expression(FieldErrors errors, FieldPath path, string expression, CelEnvironment environment, params IReadOnlyList<CelType> results)
    {
        if (AdmissionEnvironment.Compile(environment, expression, out var problem, results) is null)
            errors.Invalid(path, (object)expression, problem!);
    }

    private static ApiList<NamedRuleWithOperations> Default(ApiList<NamedRuleWithOperations> rules) =>
        rules.Any(r => r.Scope is null) ? rules.Select(r => r.Scope is null ? r with { Scope = "*" } : r).ToApiList() : rules;

    private static void Rules(FieldErrors errors, FieldPath path, ApiList<NamedRuleWithOperations> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            RuleRules.Rule(errors, path[i], rules[i].Operations, rules[i].ApiGroups, rules[i].ApiVersions, rules[i].Resources, rules[i].Scope);
            var names = new HashSet<string>(StringComparer.Ordinal);
            for (var j = 0; j < rules[i].ResourceNames.Count; j++)
            {
                if (!names.Add(rules[i].ResourceNames[j]))
                    errors.Duplicate(path[i]["resourceNames"][j], rules[i].ResourceNames[j]);
            }
        }
    }
}

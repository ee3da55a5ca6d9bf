using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Core;

/// <summary>Rules of resource quotas: scopes must fit the resources that they narrow.</summary>
internal static class ResourceQuotaRules
{
    private const string UnsupportedScope = "unsupported scope";
    private const string UnsupportedForResource = "unsupported scope applied to resource";

    public static void Validate(FieldErrors errors, FieldPath path, ResourceQuotaSpec spec)
    {
        Amounts(errors, path["hard"], spec.Hard);
        foreach (var scope in spec.Scopes)
        {
            if (!IsScope(scope))
                errors.Invalid(path["scopes"], spec.Scopes, UnsupportedScope);
            foreach (var name in spec.Hard.Keys)
            {
                if (ResourceNames.IsQuota(name) && !Fits(scope, name))
                    errors.Invalid(path["scopes"], spec.Scopes, UnsupportedForResource);
            }
        }

        Conflict(errors, path["scopes"], spec.Scopes, spec.Scopes);
        if (spec.ScopeSelector is not { } selector)
            return;
        var at = path["scopeSelector"]["matchExpressions"];
        foreach (var requirement in selector.MatchExpressions)
            Requirement(errors, at, spec, requirement);
        Conflict(errors, at, spec.Scopes, selector.MatchExpressions.Select(e => e.ScopeName).ToList());
    }

    public static void Amounts(FieldErrors errors, FieldPath path, ApiMap<Quantity> amounts)
    {
        foreach (var (name, quantity) in amounts.AsSpan())
        {
            ResourceRules.QuotaName(errors, path.Key(name), name);
            ResourceRules.Value(errors, path.Key(name), name, quantity);
        }
    }

    private static void Requirement(FieldErrors errors, FieldPath path, ResourceQuotaSpec spec, ScopedResourceSelectorRequirement requirement)
    {
        if (!IsScope(requirement.ScopeName))
            errors.Invalid(path["scopeName"], (object)requirement.ScopeName, UnsupportedScope);
        foreach (var name in spec.Hard.Keys)
        {
            if (ResourceNames.IsQuota(name) && !Fits(requirement.ScopeName, name))
                errors.Invalid(path, spec.ScopeSelector, UnsupportedForResource);
        }

        if (requirement.ScopeName is "BestEffort" or "NotBestEffort" or "Terminating" or "NotTerminating" or "CrossNamespacePodAffinity" && requirement.Operator != "Exists")
            errors.Invalid(path["operator"], (object)requirement.Operator, "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
        switch (requirement.Operator)
        {
            case "In" or "NotIn":
                if (requirement.Values.IsEmpty)
                    errors.Required(path["values"], "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                break;
            case "Exists" or "DoesNotExist":
                if (!requirement.Values.IsEmpty)
                    errors.Invalid(path["values"], requirement.Values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
                break;
            default:
                errors.Invalid(path["operator"], (object)requirement.Operator, "not a valid selector operator");
                break;
        }
    }

    private static void Conflict(FieldErrors errors, FieldPath path, ApiList<string> shown, IReadOnlyList<string> scopes)
    {
        if (scopes.Contains("BestEffort") && scopes.Contains("NotBestEffort"))
            errors.Invalid(path, shown, "conflicting scopes");
        if (scopes.Contains("Terminating") && scopes.Contains("NotTerminating"))
            errors.Invalid(path, shown, "conflicting scopes");
    }

    private static bool IsScope(string scope) =>
        scope is "Terminating" or "NotTerminating" or "BestEffort" or "NotBestEffort" or "PriorityClass" or "VolumeAttributesClass" or "CrossNamespacePodAffinity";

    private static bool Fits(string scope, string resource) => scope switch
    {
        "BestEffort" => resource == "pods",
        "VolumeAttributesClass" => resource is "persistentvolumeclaims" or "requests.storage",
        "Terminating" or "NotTerminating" or "NotBestEffort" or "PriorityClass" or "CrossNamespacePodAffinity" =>
            resource is "pods" or "cpu" or "memory" or "limits.cpu" or "limits.memory" or "requests.cpu" or "requests.memory",
        _ => true,
    };
}

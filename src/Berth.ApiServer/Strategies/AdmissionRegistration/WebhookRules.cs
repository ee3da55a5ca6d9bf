using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.AdmissionRegistration;

/// <summary>Rules and defaults that validating and mutating webhooks share.</summary>
internal static class WebhookRules
{
    private const int TimeoutSecondsDefault = 10;
    private const int TimeoutSecondsMax = 30;

    public static ValidatingWebhook Default(ValidatingWebhook hook) => hook with
    {
        FailurePolicy = hook.FailurePolicy ?? "Fail",
        MatchPolicy = hook.MatchPolicy ?? "Equivalent",
        NamespaceSelector = hook.NamespaceSelector ?? LabelSelector.Empty,
        ObjectSelector = hook.ObjectSelector ?? LabelSelector.Empty,
        TimeoutSeconds = hook.TimeoutSeconds ?? TimeoutSecondsDefault,
        Rules = Default(hook.Rules),
        ClientConfig = Default(hook.ClientConfig),
    };

    public static MutatingWebhook Default(MutatingWebhook hook) => hook with
    {
        FailurePolicy = hook.FailurePolicy ?? "Fail",
        MatchPolicy = hook.MatchPolicy ?? "Equivalent",
        NamespaceSelector = hook.NamespaceSelector ?? LabelSelector.Empty,
        ObjectSelector = hook.ObjectSelector ?? LabelSelector.Empty,
        TimeoutSeconds = hook.TimeoutSeconds ?? TimeoutSecondsDefault,
        ReinvocationPolicy = hook.ReinvocationPolicy ?? "Never",
        Rules = Default(hook.Rules),
        ClientConfig = Default(hook.ClientConfig),
    };

    public static void Validate(FieldErrors errors, FieldPath path, ValidatingWebhook hook)
    {
        Shared(
            errors, path, hook.Name, hook.Rules, hook.FailurePolicy, hook.MatchPolicy, hook.SideEffects, hook.TimeoutSeconds, hook.NamespaceSelector,
            hook.ObjectSelector, hook.ClientConfig, hook.MatchConditions, hook.AdmissionReviewVersions);
    }

    public static void Validate(FieldErrors errors, FieldPath path, MutatingWebhook hook)
    {
        Shared(
            errors, path, hook.Name, hook.Rules, hook.FailurePolicy, hook.MatchPolicy, hook.SideEffects, hook.TimeoutSeconds, hook.NamespaceSelector,
            hook.ObjectSelector, hook.ClientConfig, hook.MatchConditions, hook.AdmissionReviewVersions);
        if (hook.ReinvocationPolicy is { } policy)
            BasicRules.OneOf(errors, path["reinvocationPolicy"], policy, "IfNeeded", "Never");
    }

    public static void UniqueNames(FieldErrors errors, IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var i = 0;
        foreach (var name in names)
        {
            if (name.Length > 0 && !seen.Add(name))
                errors.Duplicate(FieldPath.Root["webhooks"][i]["name"], name);
            i++;
        }
    }

    private static ApiList<RuleWithOperations> Default(ApiList<RuleWithOperations> rules) =>
        rules.Any(r => r.Scope is null) ? rules.Select(r => r.Scope is null ? r with { Scope = "*" } : r).ToApiList() : rules;

    private static WebhookClientConfig Default(WebhookClientConfig client) =>
        client.Service is { Port: null } service ? client with { Service = service with { Port = 443 } } : client;

    private static void Shared(
        FieldErrors errors,
        FieldPath path,
        string name,
        ApiList<RuleWithOperations> rules,
        string? failurePolicy,
        string? matchPolicy,
        string? sideEffects,
        int? timeoutSeconds,
        LabelSelector? namespaces,
        LabelSelector? objects,
        WebhookClientConfig client,
        ApiList<MatchCondition> conditions,
        ApiList<string> versions)
    {
        if (name.Length == 0)
            errors.Required(path["name"]);
        else if (NameSyntax.DnsSubdomain(name) is { Length: > 0 } problems)
            errors.Invalid(path["name"], name, problems);
        else if (name.Split('.').Length < 3)
            errors.Invalid(path["name"], (object)name, "should be a domain with at least three segments separated by dots");
        for (var i = 0; i < rules.Count; i++)
            RuleRules.Rule(errors, path["rules"][i], rules[i].Operations, rules[i].ApiGroups, rules[i].ApiVersions, rules[i].Resources, rules[i].Scope);
        if (failurePolicy is not null)
            BasicRules.OneOf(errors, path["failurePolicy"], failurePolicy, "Fail", "Ignore");
        if (matchPolicy is not null)
            BasicRules.OneOf(errors, path["matchPolicy"], matchPolicy, "Equivalent", "Exact");
        if (sideEffects is null)
            errors.Required(path["sideEffects"], "must specify one of None, NoneOnDryRun");
        else
            BasicRules.OneOf(errors, path["sideEffects"], sideEffects, "None", "NoneOnDryRun");
        if (timeoutSeconds is < 1 or > TimeoutSecondsMax)
            errors.Invalid(path["timeoutSeconds"], (object)timeoutSeconds, "the timeout value must be between 1 and 30 seconds");
        SelectorRules.Label(errors, path["namespaceSelector"], namespaces);
        SelectorRules.Label(errors, path["objectSelector"], objects);
        RuleRules.Client(errors, path["clientConfig"], client);
        RuleRules.Conditions(errors, path["matchConditions"], conditions);
        ReviewVersions(errors, path["admissionReviewVersions"], versions);
    }

    private static void ReviewVersions(FieldErrors errors, FieldPath path, ApiList<string> versions)
    {
        if (versions.IsEmpty)
        {
            errors.Required(path, "must specify one of v1, v1beta1");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < versions.Count; i++)
        {
            if (!seen.Add(versions[i]))
                errors.Invalid(path[i], (object)versions[i], "duplicate version");
            else
                errors.Invalid(path[i], versions[i], NameSyntax.Dns1035Label(versions[i]));
        }

        if (!versions.Contains("v1") && !versions.Contains("v1beta1"))
            errors.Invalid(path, (object)versions, "must include at least one of v1, v1beta1");
    }
}

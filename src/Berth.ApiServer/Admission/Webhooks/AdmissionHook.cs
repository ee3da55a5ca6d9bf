using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.Selection;
using Berth.ApiServer.Admission.Expressions;
using Berth.ApiServer.Webhooks;

namespace Berth.ApiServer.Admission.Webhooks;

/// <summary>One webhook of one configuration, made ready for use. Immutable.</summary>
internal sealed class AdmissionHook
{
    private readonly ApiList<RuleWithOperations> _rules;
    private readonly Selector _namespaces;
    private readonly Selector _objects;

    /// <param name="configuration">Name of the object that it stands in.</param>
    public AdmissionHook(ValidatingWebhook hook, string configuration)
    {
        Configuration = configuration;
        (Name, _rules, Conditions) = (hook.Name, hook.Rules, new MatchConditions(hook.MatchConditions));
        Target = WebhookTarget.Of(hook.ClientConfig);
        IgnoresFailure = hook.FailurePolicy == "Ignore";
        Equivalent = hook.MatchPolicy != "Exact";
        HasSideEffects = hook.SideEffects is not ("None" or "NoneOnDryRun");
        Timeout = TimeSpan.FromSeconds(hook.TimeoutSeconds ?? 10);
        Version = hook.AdmissionReviewVersions.FirstOrDefault(v => v is "v1" or "v1beta1") ?? "v1";
        _namespaces = LabelSelectors.Compile(hook.NamespaceSelector);
        _objects = LabelSelectors.Compile(hook.ObjectSelector);
    }

    /// <param name="configuration">Name of the object that it stands in.</param>
    public AdmissionHook(MutatingWebhook hook, string configuration)
    {
        Configuration = configuration;
        (Name, _rules, Conditions) = (hook.Name, hook.Rules, new MatchConditions(hook.MatchConditions));
        Target = WebhookTarget.Of(hook.ClientConfig);
        IgnoresFailure = hook.FailurePolicy == "Ignore";
        Equivalent = hook.MatchPolicy != "Exact";
        HasSideEffects = hook.SideEffects is not ("None" or "NoneOnDryRun");
        Timeout = TimeSpan.FromSeconds(hook.TimeoutSeconds ?? 10);
        Version = hook.AdmissionReviewVersions.FirstOrDefault(v => v is "v1" or "v1beta1") ?? "v1";
        IsCalledAgain = hook.ReinvocationPolicy == "IfNeeded";
        _namespaces = LabelSelectors.Compile(hook.NamespaceSelector);
        _objects = LabelSelectors.Compile(hook.ObjectSelector);
    }

    public string Name { get; }

    public string Configuration { get; }

    public WebhookTarget Target { get; }

    public MatchConditions Conditions { get; }

    public bool IgnoresFailure { get; }

    /// <summary>Requests for other versions of a resource that a rule names are meant too.</summary>
    public bool Equivalent { get; }

    public bool HasSideEffects { get; }

    public bool IsCalledAgain { get; }

    public TimeSpan Timeout { get; }

    /// <summary>Of the reviews that it understands.</summary>
    public string Version { get; }

    /// <summary>Does a rule mean this request?</summary>
    public bool Means(AdmissionAttributes attributes) => _rules.Any(r => RuleMatch.Means(
        r.Operations, r.ApiGroups, Equivalent ? ["*"] : r.ApiVersions, r.Resources, r.Scope, attributes));

    /// <summary>Is the object among those that its selectors choose?</summary>
    /// <param name="namespaceLabels">Null for what is in no namespace.</param>
    public bool Selects(ApiMap<string>? namespaceLabels, IApiObject? value, IApiObject? old)
    {
        if (namespaceLabels is not null && !_namespaces.Matches(namespaceLabels))
            return false;
        return _objects.IsEverything || (value is not null && _objects.Matches(value)) || (old is not null && _objects.Matches(old));
    }
}

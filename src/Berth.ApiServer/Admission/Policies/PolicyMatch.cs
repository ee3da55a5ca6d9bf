using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.Selection;
using Berth.ApiServer.Admission.Webhooks;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>Which requests a policy or a binding means, made ready for use. Immutable.</summary>
internal sealed class PolicyMatch(MatchResources match)
{
    private readonly Selector _namespaces = LabelSelectors.Compile(match.NamespaceSelector);
    private readonly Selector _objects = LabelSelectors.Compile(match.ObjectSelector);

    /// <param name="namespaceLabels">Null for what is in no namespace.</param>
    public bool Means(AdmissionAttributes attributes, string name, ApiMap<string>? namespaceLabels, IApiObject? value, IApiObject? old)
    {
        if (namespaceLabels is not null && !_namespaces.Matches(namespaceLabels))
            return false;
        if (!_objects.IsEverything && !(value is not null && _objects.Matches(value)) && !(old is not null && _objects.Matches(old)))
            return false;
        if (match.ExcludeResourceRules.Any(r => Covers(r, attributes, name)))
            return false;
        // A binding without rules means all that its policy means.
        return match.ResourceRules.IsEmpty || match.ResourceRules.Any(r => Covers(r, attributes, name));
    }

    private bool Covers(NamedRuleWithOperations rule, AdmissionAttributes attributes, string name) =>
        RuleMatch.Means(
            rule.Operations, rule.ApiGroups, match.MatchPolicy == "Exact" ? rule.ApiVersions : ["*"], rule.Resources, rule.Scope, attributes)
        && (rule.ResourceNames.IsEmpty || rule.ResourceNames.Contains(name));
}

using Berth.Api;

namespace Berth.ApiServer.Admission.Webhooks;

/// <summary>Says whether a rule of a webhook or a policy means a request.</summary>
internal static class RuleMatch
{
    public static bool Means(
        ApiList<string> operations, ApiList<string> groups, ApiList<string> versions, ApiList<string> resources, string? scope, AdmissionAttributes attributes)
    {
        var kind = attributes.Kind;
        return Has(operations, Name(attributes.Operation))
            && Has(groups, kind.Group)
            && Has(versions, kind.Version)
            && resources.Any(r => Covers(r, kind.Plural, attributes.Subresource))
            && scope switch
            {
                "Cluster" => attributes.Namespace.Length == 0 || kind is { Group: "", Plural: "namespaces" },
                "Namespaced" => attributes.Namespace.Length > 0 && kind is not { Group: "", Plural: "namespaces" },
                _ => true,
            };
    }

    public static string Name(AdmissionOperation operation) => operation switch
    {
        AdmissionOperation.Create => "CREATE",
        AdmissionOperation.Update => "UPDATE",
        AdmissionOperation.Delete => "DELETE",
        _ => "CONNECT",
    };

    /// <summary>Those who decide on requests do not decide on themselves: nobody could get rid of them.</summary>
    public static bool IsExempt(AdmissionAttributes attributes) =>
        attributes.Kind is
        {
            Group: "admissionregistration.k8s.io",
            Plural: "validatingwebhookconfigurations" or "mutatingwebhookconfigurations" or "validatingadmissionpolicies" or "validatingadmissionpolicybindings"
                or "mutatingadmissionpolicies" or "mutatingadmissionpolicybindings",
        };

    private static bool Has(ApiList<string> list, string value) => list.Contains("*") || list.Contains(value);

    private static bool Covers(string rule, string resource, string subresource)
    {
        var slash = rule.IndexOf('/', StringComparison.Ordinal);
        var (of, sub) = slash < 0 ? (rule, "") : (rule[..slash], rule[(slash + 1)..]);
        return (of == "*" || of == resource) && (sub == "*" || sub == subresource);
    }
}

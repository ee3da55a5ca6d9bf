using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Admission.Expressions;
using Berth.ApiServer.Validation;
using Berth.Cel.Types;

namespace Berth.ApiServer.Strategies.AdmissionRegistration;

/// <summary>Rules of which requests a webhook or a policy sees, and of how webhooks are reached.</summary>
internal static class RuleRules
{
    private const int ConditionsMax = 64;

    public static void Rule(
        FieldErrors errors, FieldPath path, ApiList<string> operations, ApiList<string> groups, ApiList<string> versions, ApiList<string> resources, string? scope)
    {
        if (operations.IsEmpty)
            errors.Required(path["operations"]);
        if (operations.Count > 1 && operations.Contains("*"))
            errors.Invalid(path["operations"], (object)operations, "if '*' is present, must not specify other operations");
        for (var i = 0; i < operations.Count; i++)
            BasicRules.OneOf(errors, path["operations"][i], operations[i], "*", "CONNECT", "CREATE", "DELETE", "UPDATE");
        if (groups.IsEmpty)
            errors.Required(path["apiGroups"]);
        if (groups.Count > 1 && groups.Contains("*"))
            errors.Invalid(path["apiGroups"], (object)groups, "if '*' is present, must not specify other API groups");
        if (versions.IsEmpty)
            errors.Required(path["apiVersions"]);
        if (versions.Count > 1 && versions.Contains("*"))
            errors.Invalid(path["apiVersions"], (object)versions, "if '*' is present, must not specify other API versions");
        for (var i = 0; i < versions.Count; i++)
        {
            if (versions[i].Length == 0)
                errors.Required(path["apiVersions"][i]);
        }

        Resources(errors, path["resources"], resources);
        if (scope is not null)
            BasicRules.OneOf(errors, path["scope"], scope, "*", "Cluster", "Namespaced");
    }

    /// <param name="hasParameters">Of policies with a kind of parameters.</param>
    public static void Conditions(FieldErrors errors, FieldPath path, ApiList<MatchCondition> conditions, bool hasParameters = false)
    {
        if (conditions.Count > ConditionsMax)
            errors.TooMany(path, conditions.Count, ConditionsMax);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < conditions.Count; i++)
        {
            if (conditions[i].Expression.Trim().Length == 0)
                errors.Required(path[i]["expression"]);
            else if (AdmissionEnvironment.Compile(AdmissionEnvironment.Of(hasParameters), conditions[i].Expression.Trim(), out var problem, CelType.Bool) is null)
                errors.Invalid(path[i]["expression"], (object)conditions[i].Expression.Trim(), problem!);
            if (conditions[i].Name.Length == 0)
                errors.Required(path[i]["name"]);
            else
                errors.Invalid(path[i]["name"], conditions[i].Name, NameSyntax.QualifiedName(conditions[i].Name));
            if (!names.Add(conditions[i].Name))
                errors.Duplicate(path[i]["name"], conditions[i].Name);
        }
    }

    public static void Client(FieldErrors errors, FieldPath path, WebhookClientConfig client)
    {
        if ((client.Url is null) == (client.Service is null))
        {
            errors.Required(path, "exactly one of url or service is required");
            return;
        }

        if (client.Url is { } url)
            Url(errors, path["url"], url);
        if (client.Service is { } service)
            Service(errors, path["service"], service.Name, service.Namespace, service.Path, service.Port ?? 443);
    }

    public static void Url(FieldErrors errors, FieldPath path, string text)
    {
        const string Form = "; desired format: https://host[/path]";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            errors.Required(path, "url must be a valid URL: invalid URI" + Form);
            return;
        }

        if (url.Scheme != "https")
            errors.Invalid(path, (object)url.Scheme, "'https' is the only allowed URL scheme" + Form);
        if (url.Host.Length == 0)
            errors.Invalid(path, (object)url.Host, "host must be specified" + Form);
        if (url.UserInfo.Length > 0)
            errors.Invalid(path, (object)url.UserInfo, "user information is not permitted in the URL");
        if (url.Fragment.Length > 0)
            errors.Invalid(path, (object)url.Fragment[1..], "fragments are not permitted in the URL");
        if (url.Query.Length > 0)
            errors.Invalid(path, (object)url.Query[1..], "query parameters are not permitted in the URL");
    }

    public static void Service(FieldErrors errors, FieldPath path, string name, string ns, string? urlPath, int port)
    {
        if (name.Length == 0)
            errors.Required(path["name"]);
        if (ns.Length == 0)
            errors.Required(path["namespace"]);
        foreach (var problem in NameSyntax.PortNumber(port))
            errors.Invalid(path["port"], (object)port, "port is not valid: " + problem);
        if (urlPath is null or "" or "/")
            return;
        if (!urlPath.StartsWith('/'))
            errors.Invalid(path["path"], (object)urlPath, "must start with a '/'");
        var steps = urlPath[1..].TrimEnd('/').Split('/');
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Length == 0)
                errors.Invalid(path["path"], (object)urlPath, $"segment[{i}] may not be empty");
            else
            {
                foreach (var problem in NameSyntax.DnsSubdomain(steps[i]))
                    errors.Invalid(path["path"], (object)urlPath, $"segment[{i}]: {problem}");
            }
        }
    }

    private static void Resources(FieldErrors errors, FieldPath path, ApiList<string> resources)
    {
        if (resources.IsEmpty)
            errors.Required(path);
        var whole = new HashSet<string>(StringComparer.Ordinal);
        var subs = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < resources.Count; i++)
        {
            var text = resources[i];
            if (text.Length == 0)
            {
                errors.Required(path[i]);
                continue;
            }

            var slash = text.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0)
                continue;
            var (resource, sub) = (text[..slash], text[(slash + 1)..]);
            if (whole.Contains(resource))
                errors.Invalid(path[i], (object)text, $"if '{resource}/*' is present, must not specify {text}");
            if (subs.Contains(sub))
                errors.Invalid(path[i], (object)text, $"if '*/{sub}' is present, must not specify {text}");
            if (sub == "*")
                whole.Add(resource);
            if (resource == "*")
                subs.Add(sub);
        }

        if (resources.Count > 1 && resources.Contains("*/*"))
            errors.Invalid(path, (object)resources, "if '*/*' is present, must not specify other resources");
        if (resources.Contains("*") && resources.Any(r => r != "*" && !r.Contains('/', StringComparison.Ordinal)))
            errors.Invalid(path, (object)resources, "if '*' is present, must not specify other resources without subresources");
    }
}

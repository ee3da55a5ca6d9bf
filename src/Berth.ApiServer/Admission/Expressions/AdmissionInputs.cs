using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Patch;
using Berth.Cel;
using Berth.Cel.Json;
using Berth.Cel.Types;
using Berth.Cel.Values;
using RequestRule = Berth.ApiServer.Admission.Webhooks.RuleMatch;

namespace Berth.ApiServer.Admission.Expressions;

/// <summary>
/// A request as expressions see it. Each part is made when an expression first reads it. Owned by the request; not shared between
/// threads.
/// </summary>
internal sealed class AdmissionInputs(IAuthorizer authority, AdmissionAttributes attributes, IApiObject? value, IApiObject? old) : ICelInputs
{
    private readonly Dictionary<string, CelValue> _known = new(StringComparer.Ordinal);

    /// <summary>Null without one: expressions see null then.</summary>
    public CelValue? Parameters { get; init; }

    /// <summary>Null for what is in no namespace, and where expressions are not told.</summary>
    public Namespace? Namespace { get; init; }

    /// <summary>Null where there are none.</summary>
    public CelValue? Variables { get; init; }

    private UserInfo User => attributes.User ?? UserInfo.Of(attributes.UserName, [.. attributes.UserGroups]);

    private string Name => attributes.Name.Length > 0 ? attributes.Name : (value ?? old)?.Metadata.Name ?? "";

    /// <summary>The same request with what one binding adds. What was made already is shared.</summary>
    public AdmissionInputs With(CelValue? parameters, CelValue? variables, Namespace? ns)
    {
        var inputs = new AdmissionInputs(authority, attributes, value, old) { Parameters = parameters, Variables = variables, Namespace = ns };
        foreach (var name in new[] { "object", "oldObject", "request" })
            inputs._known[name] = Find(name)!;
        return inputs;
    }

    public CelValue? Find(string variable)
    {
        if (variable == "params")
            return Parameters ?? CelNull.Instance;
        if (variable == "variables")
            return Variables;
        if (!_known.TryGetValue(variable, out var known) && Make(variable) is { } made)
            _known[variable] = known = made;
        return known;
    }

    private CelValue? Make(string variable) => variable switch
    {
        "object" => value is null ? CelNull.Instance : JsonValues.Of(JsonTree.Of(value)),
        "oldObject" => old is null ? CelNull.Instance : JsonValues.Of(JsonTree.Of(old)),
        "request" => TypedJson.Of(Request(), AdmissionTypes.Request),
        "namespaceObject" => Namespace is null ? CelNull.Instance : TypedJson.Of(Shown(Namespace), AdmissionTypes.Namespace),
        "authorizer" => AuthorizerFunctions.AuthorizerFor(authority, User),
        "authorizer.requestResource" => AuthorizerFunctions.RequestResource(authority, User, attributes, Name),
        _ => null,
    };

    private JsonObject Request()
    {
        var kind = (value ?? old)?.KindInfo ?? attributes.Kind;
        var request = new JsonObject
        {
            ["kind"] = new JsonObject { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind },
            ["resource"] = new JsonObject { ["group"] = attributes.Kind.Group, ["version"] = attributes.Kind.Version, ["resource"] = attributes.Kind.Plural },
        };
        request["requestKind"] = request["kind"]!.DeepClone();
        request["requestResource"] = request["resource"]!.DeepClone();
        // An empty text is left out, as everywhere in the API.
        Add("subResource", attributes.Subresource);
        Add("requestSubResource", attributes.Subresource);
        Add("name", Name);
        Add("namespace", attributes.Namespace);
        request["operation"] = RequestRule.Name(attributes.Operation);
        request["userInfo"] = JsonTree.Of(User.ToApi());
        request["dryRun"] = attributes.DryRun;
        request["options"] = Webhooks.AdmissionReviews.Options(attributes);
        return request;

        void Add(string field, string text)
        {
            if (text.Length > 0)
                request[field] = text;
        }
    }

    private static JsonObject Shown(Namespace ns)
    {
        var tree = JsonTree.Of(ns);
        if (tree["metadata"] is JsonObject metadata)
        {
            foreach (var field in metadata.Select(m => m.Key).Where(k => AdmissionTypes.Namespace.Field("metadata") is CelObjectType m && m.Field(k) is null).ToList())
                metadata.Remove(field);
        }

        return tree;
    }
}

using System.Globalization;
using System.Text;
using Berth.Api.Schema;

namespace Berth.ApiServer.OpenApi;

/// <summary>Operation ids and tags, formed as Kubernetes forms them: generated clients take their method names from these.</summary>
internal static class OperationNames
{
    /// <summary><c>apps_v1</c>, <c>rbacAuthorization_v1</c>, <c>core_v1</c>.</summary>
    public static string Tag(string group, string version)
    {
        var name = Camel(group);
        return $"{char.ToLowerInvariant(name[0])}{name[1..]}_{version}";
    }

    /// <param name="verb"><c>read</c>, <c>list</c>, <c>create</c>, <c>replace</c>, <c>patch</c>, <c>delete</c>, <c>deletecollection</c> or <c>connect</c> with a method.</param>
    /// <param name="subresource">Null for the resource itself.</param>
    public static string Id(string verb, KindInfo kind, string? subresource, bool inNamespace, bool forAllNamespaces = false)
    {
        var text = new StringBuilder(verb == "deletecollection" ? "delete" : verb)
            .Append(Camel(kind.Group)).Append(Upper(kind.Version))
            .Append(verb == "deletecollection" ? "Collection" : "")
            .Append(inNamespace ? "Namespaced" : "")
            .Append(kind.Kind);
        if (subresource is not null)
            text.Append(Upper(subresource));
        return text.Append(forAllNamespaces ? "ForAllNamespaces" : "").ToString();
    }

    private static string Camel(string group)
    {
        if (group.Length == 0)
            return "Core";
        var name = group.EndsWith(".k8s.io", StringComparison.Ordinal) ? group[..^".k8s.io".Length] : group;
        return string.Concat(name.Split('.').Select(Upper));
    }

    private static string Upper(string text) => text.Length == 0 ? "" : char.ToUpper(text[0], CultureInfo.InvariantCulture) + text[1..];
}

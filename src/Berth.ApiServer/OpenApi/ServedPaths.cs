using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Discovery;

namespace Berth.ApiServer.OpenApi;

/// <summary>The paths of what is served, with their operations.</summary>
internal static class ServedPaths
{
    public static IEnumerable<PathSpec> Of(string group, ServedVersion version)
    {
        var root = group.Length == 0 ? $"/api/{version.Version}" : $"/apis/{group}/{version.Version}";
        var tag = OperationNames.Tag(group, version.Version);
        yield return Discovery(root + "/", tag, WellKnownSchemas.ApiResourceList);
        foreach (var resource in version.Resources)
        {
            foreach (var path in OfResource(resource, root, tag))
                yield return path;
        }
    }

    /// <summary>A path that describes what is below it.</summary>
    public static PathSpec Discovery(string path, string tag, MessageSchema answer) =>
        new(path, [], [new OperationSpec("get", "get" + answer.Name[(answer.Name.LastIndexOf('.') + 1)..] + tag, tag, null, null, [], null, answer.Name)]);

    /// <summary>Definitions that the operations of a version need.</summary>
    public static IEnumerable<Definition> Definitions(ServedVersion version)
    {
        foreach (var resource in version.Resources)
        {
            if (resource.Verbs.Count > 0)
                yield return Definition.Of(resource.Kind);
            if (resource.Verbs.Contains("list"))
                yield return Definition.ListOf(resource.Kind);
            foreach (var subresource in resource.Subresources)
            {
                if (KindOf(resource.Kind, subresource.Subresource!) is { } kind)
                    yield return Definition.Of(kind);
            }
        }
    }

    private static IEnumerable<PathSpec> OfResource(ServedResource resource, string root, string tag)
    {
        var kind = resource.Kind;
        var gvk = new GroupVersionKind(kind.Group, kind.Version, kind.Kind);
        var name = kind.Schema.Name;
        var namespaced = kind.Namespaced;
        var collection = namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}";
        ParameterSpec[] collectionParameters = namespaced ? [ParameterSpec.Namespace, ParameterSpec.Pretty] : [ParameterSpec.Pretty];
        ParameterSpec[] itemParameters = [ParameterSpec.ObjectName, .. collectionParameters];

        OperationSpec Operation(string method, string verb, string action, IReadOnlyList<ParameterSpec> parameters, string? body, string? answer) =>
            new(method, OperationNames.Id(verb, kind, null, namespaced), tag, action, gvk, parameters, body, answer);

        var operations = new List<OperationSpec>();
        if (resource.Verbs.Contains("list"))
            operations.Add(Operation("get", "list", "list", ParameterSpec.List, null, Definition.ListOf(kind).Schema.Name));
        if (resource.Verbs.Contains("create"))
            operations.Add(Operation("post", "create", "post", ParameterSpec.Write, name, name));
        if (resource.Verbs.Contains("deletecollection"))
            operations.Add(Operation("delete", "deletecollection", "deletecollection", ParameterSpec.DeleteCollection, DeleteOptions.Schema.Name, Status.Schema.Name));
        if (operations.Count > 0)
            yield return new PathSpec(collection, collectionParameters, operations);

        operations = [];
        if (resource.Verbs.Contains("get"))
            operations.Add(Operation("get", "read", "get", [], null, name));
        if (resource.Verbs.Contains("update"))
            operations.Add(Operation("put", "replace", "put", ParameterSpec.Write, name, name));
        if (resource.Verbs.Contains("patch"))
            operations.Add(Operation("patch", "patch", "patch", ParameterSpec.Patch, WellKnownSchemas.Patch.Name, name));
        if (resource.Verbs.Contains("delete"))
            operations.Add(Operation("delete", "delete", "delete", ParameterSpec.Delete, DeleteOptions.Schema.Name, Status.Schema.Name));
        if (operations.Count > 0)
            yield return new PathSpec($"{collection}/{{name}}", itemParameters, operations);

        if (namespaced && resource.Verbs.Contains("list"))
        {
            var all = new OperationSpec(
                "get", OperationNames.Id("list", kind, null, false, forAllNamespaces: true), tag, "list", gvk, ParameterSpec.List, null, Definition.ListOf(kind).Schema.Name);
            yield return new PathSpec($"{root}/{kind.Plural}", [ParameterSpec.Pretty], [all]);
        }

        foreach (var route in resource.Subresources)
        {
            foreach (var path in OfSubresource(kind, route.Subresource!, route.Verbs, $"{collection}/{{name}}", itemParameters, tag))
                yield return path;
        }
    }

    private static IEnumerable<PathSpec> OfSubresource(
        KindInfo kind, SubresourceInfo subresource, IReadOnlyList<string> verbs, string item, IReadOnlyList<ParameterSpec> parameters, string tag)
    {
        var gvk = new GroupVersionKind(subresource.Group, subresource.Version, subresource.Kind);
        var body = KindOf(kind, subresource)?.Schema.Name;
        var path = $"{item}/{subresource.Name}";

        // Streams and proxies: what travels is not an object.
        var connects = subresource.Name is "attach" or "exec" or "portforward" or "proxy" or "log";
        var operations = new List<OperationSpec>();
        foreach (var verb in verbs)
        {
            var (method, name, action, extra) = verb switch
            {
                "get" => ("get", "read", "get", (IReadOnlyList<ParameterSpec>)[]),
                "create" => ("post", "create", "post", ParameterSpec.Write),
                "update" => ("put", "replace", "put", ParameterSpec.Write),
                "patch" => ("patch", "patch", "patch", ParameterSpec.Patch),
                "delete" => ("delete", "delete", "delete", []),
                _ => ("", "", "", []),
            };
            if (method.Length == 0)
                continue;
            if (connects && subresource.Name != "log")
                (name, action, extra) = ("connect" + char.ToUpperInvariant(method[0]) + method[1..], "connect", []);
            operations.Add(new OperationSpec(
                method, OperationNames.Id(name, kind, subresource.Name, kind.Namespaced), tag, action, gvk, extra,
                connects || method is "get" or "delete" ? null : method == "patch" ? WellKnownSchemas.Patch.Name : body, connects ? null : body));
        }

        if (operations.Count == 0)
            yield break;
        yield return new PathSpec(path, parameters, operations);
        if (subresource.Name == "proxy")
        {
            yield return new PathSpec(path + "/{path}", [.. parameters, ParameterSpec.Path], [.. operations.Select(o => o with { Id = o.Id + "WithPath" })]);
        }
    }

    private static KindInfo? KindOf(KindInfo owner, SubresourceInfo subresource) =>
        subresource.Kind == owner.Kind && (subresource.Group, subresource.Version) == (owner.Group, owner.Version) ? owner
            : ApiCatalog.ByKind(subresource.Group, subresource.Version, subresource.Kind) is { } kind && kind.Kind != owner.Kind ? kind
            : subresource.Kind == owner.Kind ? owner : null;
}

using Microsoft.AspNetCore.Http;

namespace Berth.ApiServer.Http;

/// <summary>What a request asks for, read from its method and path alone; the rules are those of Kubernetes' clients and RBAC.</summary>
/// <param name="Verb">get, list, watch, create, update, patch, delete, deletecollection; for paths the method in lower case.</param>
/// <param name="Subpath">What stands behind <c>proxy</c>, with its slash; null where nothing does.</param>
public sealed record RequestInfo(
    string Verb,
    string Path,
    bool IsResource,
    string Group,
    string Version,
    string Resource,
    string Subresource,
    string Namespace,
    string Name,
    string? Subpath)
{
    /// <summary>Also true for lists that name no namespace of a namespaced kind.</summary>
    public bool IsAllNamespaces => Namespace.Length == 0;

    /// <summary>Watches and streams: they last as long as the client likes, so no limit of time or number holds for them.</summary>
    public bool IsLongRunning =>
        Verb == "watch" || (IsResource && Subresource is "log" or "exec" or "attach" or "portforward" or "proxy");

    public bool IsReadOnly => Verb is "get" or "list" or "watch" or "head" or "options";

    public static RequestInfo Parse(HttpRequest request)
    {
        var path = request.Path.Value ?? "/";
        var method = request.Method;
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var nonResource = new RequestInfo(method.ToLowerInvariant(), path, false, "", "", "", "", "", "", null);
        int at;
        string group, version;
        if (parts is ["api", _, _, ..])
            (group, version, at) = ("", parts[1], 2);
        else if (parts is ["apis", _, _, _, ..])
            (group, version, at) = (parts[1], parts[2], 3);
        else
            return nonResource;

        var verb = method switch
        {
            "POST" => "create",
            "GET" or "HEAD" => "get",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "",
        };
        // The old form of watches: /api/v1/watch/...
        var watches = parts[at] == "watch" && parts.Length > at + 1;
        if (watches)
        {
            verb = "watch";
            at++;
        }

        string ns = "", resource, name = "", subresource = "";
        string? subpath = null;
        if (parts[at] == "namespaces" && parts.Length > at + 2 && parts[at + 2] is not ("status" or "finalize"))
        {
            ns = parts[at + 1];
            at += 2;
        }
        else if (parts[at] == "namespaces" && parts.Length > at + 1)
        {
            // A namespace is in itself: RBAC roles inside it may speak about it.
            ns = parts[at + 1];
        }

        resource = parts[at];
        if (parts.Length > at + 1)
            name = parts[at + 1];
        if (parts.Length > at + 2)
            subresource = parts[at + 2];
        if (parts.Length > at + 3 || (subresource == "proxy" && path.EndsWith('/')))
        {
            // The path as it came: a proxied server may care about doubled and trailing slashes.
            var marker = path.IndexOf($"/{subresource}", path.IndexOf($"/{resource}/", StringComparison.Ordinal) + resource.Length + name.Length + 1, StringComparison.Ordinal);
            subpath = path[(marker + 1 + subresource.Length)..];
        }

        if (subpath is not null && subresource != "proxy")
            return nonResource;
        if (name.Length == 0)
        {
            if (verb == "get")
                verb = IsTrue(request.Query["watch"]) ? "watch" : "list";
            else if (verb == "delete")
                verb = "deletecollection";
        }
        else if (verb == "get" && subresource.Length == 0 && IsTrue(request.Query["watch"]))
        {
            verb = "watch";
        }

        return new RequestInfo(verb, path, true, group, version, resource, subresource, ns, name, subpath);
    }

    /// <summary>As Go reads a boolean in a query: empty counts as true when the key is there.</summary>
    public static bool IsTrue(Microsoft.Extensions.Primitives.StringValues value) =>
        value.Count > 0 && value[0] is not ("false" or "0" or "False" or "FALSE" or "f" or "F");
}

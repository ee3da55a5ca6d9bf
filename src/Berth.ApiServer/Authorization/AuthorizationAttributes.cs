using Berth.ApiServer.Authentication;

namespace Berth.ApiServer.Authorization;

/// <summary>What somebody wants to do.</summary>
/// <param name="Verb">
/// For resources: get, list, watch, create, update, patch, delete, deletecollection and those that single resources add
/// (bind, escalate, impersonate, use, ...). For paths: the lower-case HTTP method.
/// </param>
/// <param name="ApiGroup">Empty for the core group.</param>
/// <param name="Namespace">Empty for cluster-scoped resources and for all namespaces.</param>
/// <param name="Name">Empty when no single object is meant. For list and watch: the name that a field selector pins.</param>
/// <param name="Path">The request's path; looked at only when <paramref name="IsResourceRequest"/> is false.</param>
public sealed record AuthorizationAttributes(
    UserInfo User,
    string Verb,
    string ApiGroup,
    string ApiVersion,
    string Resource,
    string Subresource,
    string Namespace,
    string Name,
    string Path,
    bool IsResourceRequest)
{
    /// <summary>The field selector of a list, watch or deletecollection as the request has it; empty without one.</summary>
    public string FieldSelector { get; init; } = "";

    /// <summary>The label selector, likewise.</summary>
    public string LabelSelector { get; init; } = "";

    public static AuthorizationAttributes ForPath(UserInfo user, string verb, string path) =>
        new(user, verb, "", "", "", "", "", "", path, IsResourceRequest: false);

    public static AuthorizationAttributes ForResource(
        UserInfo user, string verb, string apiGroup, string resource, string ns = "", string name = "", string subresource = "", string apiVersion = "v1") =>
        new(user, verb, apiGroup, apiVersion, resource, subresource, ns, name, "", IsResourceRequest: true);
}

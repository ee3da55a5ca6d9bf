namespace Berth.ApiServer.Authorization;

/// <summary>The words of a 403, which clients and tests of Kubernetes know by heart.</summary>
public static class ForbiddenMessage
{
    /// <summary>The <c>message</c> of the Status.</summary>
    public static string Status(AuthorizationAttributes attributes, AuthorizationDecision decision)
    {
        var reason = Detail(attributes);
        if (decision.Reason.Length > 0) reason += ": " + decision.Reason;
        if (!attributes.IsResourceRequest) return "forbidden: " + reason;

        var resource = attributes.ApiGroup.Length > 0 ? $"{attributes.Resource}.{attributes.ApiGroup}" : attributes.Resource;
        return attributes.Name.Length > 0
            ? $"{resource} \"{attributes.Name}\" is forbidden: {reason}"
            : $"{resource} is forbidden: {reason}";
    }

    /// <summary>Who cannot do what where, without the resource that the Status begins with.</summary>
    public static string Detail(AuthorizationAttributes attributes)
    {
        var user = attributes.User.Name;
        if (!attributes.IsResourceRequest) return $"User \"{user}\" cannot {attributes.Verb} path \"{attributes.Path}\"";

        var resource = attributes.Subresource.Length > 0 ? $"{attributes.Resource}/{attributes.Subresource}" : attributes.Resource;
        var where = attributes.Namespace.Length > 0 ? $"in the namespace \"{attributes.Namespace}\"" : "at the cluster scope";
        return $"User \"{user}\" cannot {attributes.Verb} resource \"{resource}\" in API group \"{attributes.ApiGroup}\" {where}";
    }
}

using Berth.ApiServer.Authentication;
using Berth.ApiServer.Http;

namespace Berth.ApiServer.Audit;

/// <summary>One rule of an audit policy. Lists that are empty mean everything.</summary>
public sealed record AuditRule(AuditLevel Level)
{
    public IReadOnlyList<string> Users { get; init; } = [];

    public IReadOnlyList<string> UserGroups { get; init; } = [];

    public IReadOnlyList<string> Verbs { get; init; } = [];

    public IReadOnlyList<AuditResources> Resources { get; init; } = [];

    /// <summary>The empty name means what is in no namespace.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Paths; one that ends in <c>*</c> means all that begin like it.</summary>
    public IReadOnlyList<string> NonResourceUrls { get; init; } = [];

    /// <summary>With those that the whole policy leaves out.</summary>
    public IReadOnlyList<AuditStage> OmitStages { get; init; } = [];

    public bool OmitManagedFields { get; init; }

    /// <param name="user">As authenticated; null when nobody could be.</param>
    internal bool Means(RequestInfo info, UserInfo? user)
    {
        if (Users.Count > 0 && (user is null || !Users.Contains(user.Name)))
            return false;
        if (UserGroups.Count > 0 && (user is null || !UserGroups.Any(user.IsIn)))
            return false;
        if (Verbs.Count > 0 && !Verbs.Contains(info.Verb))
            return false;
        if (Namespaces.Count > 0 || Resources.Count > 0)
        {
            return info.IsResource
                && (Namespaces.Count == 0 || Namespaces.Contains(info.Namespace))
                && (Resources.Count == 0 || Resources.Any(r => r.Mean(info)));
        }

        return NonResourceUrls.Count == 0 || (!info.IsResource && NonResourceUrls.Any(u => Covers(u, info.Path)));
    }

    private static bool Covers(string url, string path) =>
        url == path || (url.EndsWith('*') && path.StartsWith(url.TrimEnd('*'), StringComparison.Ordinal));
}

/// <summary>Resources of one group that a rule means.</summary>
/// <param name="Group">Empty: the core group; <c>*</c>: all.</param>
/// <param name="Resources">With subresources as <c>pods/log</c>; <c>*</c>, <c>pods/*</c> and <c>*/scale</c> mean several. Empty: all.</param>
/// <param name="Names">Of objects. Empty: all.</param>
public sealed record AuditResources(string Group, IReadOnlyList<string> Resources, IReadOnlyList<string> Names)
{
    internal bool Mean(RequestInfo info)
    {
        if (Group != "*" && Group != info.Group)
            return false;
        return Resources.Count == 0 || ((Names.Count == 0 || Names.Contains(info.Name)) && Resources.Any(r => Covers(r, info)));
    }

    private static bool Covers(string rule, RequestInfo info)
    {
        if (rule == "*")
            return true;
        var slash = rule.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return info.Subresource.Length == 0 && rule == info.Resource;
        var (resource, subresource) = (rule[..slash], rule[(slash + 1)..]);
        // "pods/*" means the pods themselves too; "*/scale" and "pods/scale" need the subresource.
        if (subresource == "*")
            return resource == info.Resource;
        return info.Subresource.Length > 0 && subresource == info.Subresource && (resource == "*" || resource == info.Resource);
    }
}

using Berth.Api;
using Berth.Api.Rbac.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Authorization;

/// <summary>
/// Role-based access control. A question costs a look-up per group of the user and a walk over the rules bound to them;
/// roles and bindings are read again only after they changed. Thread-safe.
/// </summary>
public sealed class RbacAuthorizer(IObjectReader objects) : IAuthorizer
{
    private readonly Lock _rebuilding = new();
    private volatile RbacIndex? _index;

    public ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation = default) =>
        new(Authorize(attributes));

    /// <summary>All rules that hold for a user in a namespace, as its roles have them.</summary>
    public IEnumerable<PolicyRule> RulesFor(UserInfo user, string ns) => Index().For(user, ns).SelectMany(g => g.Rules);

    private AuthorizationDecision Authorize(AuthorizationAttributes attributes)
    {
        List<string>? missing = null;
        foreach (var grant in Index().For(attributes.User, attributes.Namespace))
        {
            foreach (var rule in grant.Rules.AsSpan())
            {
                if (RuleMatch.Allows(rule, attributes)) return AuthorizationDecision.Allow("RBAC: allowed by " + grant.Description);
            }

            if (grant.MissingRole.Length > 0 && missing?.Contains(grant.MissingRole) != true) (missing ??= []).Add(grant.MissingRole);
        }

        // A binding to a role that does not exist is the likeliest reason: say so.
        return AuthorizationDecision.NoOpinion(missing is null ? ""
            : missing.Count == 1 ? "RBAC: " + missing[0]
            : $"RBAC: [{string.Join(", ", missing)}]");
    }

    private RbacIndex Index()
    {
        var index = _index;
        if (index is not null && index.IsFresh(objects)) return index;
        lock (_rebuilding)
        {
            if (_index is null || !_index.IsFresh(objects)) _index = RbacIndex.Build(objects);
            return _index;
        }
    }
}

using Berth.ApiServer.Authentication;

namespace Berth.ApiServer.Authorization;

/// <summary>
/// The authorizers in their order: 1. members of system:masters may do everything, 2. nodes what their pods need, 3. RBAC.
/// The first that allows decides; when none does, their reasons are told together.
/// </summary>
public sealed class ClusterAuthorizer(NodeAuthorizer nodes, RbacAuthorizer roles) : IAuthorizer
{
    public async ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation = default)
    {
        // 1.
        if (attributes.User.IsIn(UserInfo.MastersGroup)) return AuthorizationDecision.Allow("");

        // 2.
        var byNode = await nodes.AuthorizeAsync(attributes, cancellation);
        if (byNode.Allowed) return byNode;

        // 3.
        var byRole = await roles.AuthorizeAsync(attributes, cancellation);
        if (byRole.Allowed || byNode.Reason.Length == 0) return byRole;
        return byRole.Reason.Length == 0 ? byNode : AuthorizationDecision.NoOpinion($"{byNode.Reason}, {byRole.Reason}");
    }
}

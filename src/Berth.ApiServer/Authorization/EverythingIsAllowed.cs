namespace Berth.ApiServer.Authorization;

/// <summary>Of a server without authorization: for development and tests.</summary>
internal sealed class EverythingIsAllowed : IAuthorizer
{
    public ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation = default) =>
        ValueTask.FromResult(AuthorizationDecision.Allow("no authorization"));
}

namespace Berth.ApiServer.Authorization;

/// <summary>Decides what a user may do. May be called from any thread; answers from memory.</summary>
public interface IAuthorizer
{
    ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation = default);
}

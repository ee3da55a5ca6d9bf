using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Pki;

namespace Berth.ApiServer.Authentication;

/// <summary>Makes service-account tokens. Does not ask whether the one who wants a token may have it.</summary>
public sealed class ServiceAccountTokenIssuer(ServiceAccountKey key, TokenOptions options, TimeProvider time)
{
    public TokenOptions Options { get; } = options;

    /// <param name="bound">With it the token lives no longer than that object: a Pod, a Secret or a Node.</param>
    /// <param name="node">The node of the pod that the token is bound to, when it has one.</param>
    public (string Token, DateTimeOffset Expires) Issue(
        ServiceAccount account, ApiList<string> audiences, TimeSpan lifetime, IApiObject? bound = null, Node? node = null)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var claims = new ServiceAccountClaims
        {
            Issuer = Options.Issuer,
            Subject = UserInfo.ServiceAccountUserName(account.Metadata.Namespace, account.Metadata.Name),
            Audiences = audiences,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            TokenId = Guid.NewGuid().ToString(),
            Namespace = account.Metadata.Namespace,
            ServiceAccount = ClaimOf(account),
            Pod = bound is Pod ? ClaimOf(bound) : null,
            Secret = bound is Secret ? ClaimOf(bound) : null,
            Node = bound is Node ? ClaimOf(bound) : node is not null ? ClaimOf(node) : null,
        };
        return (JsonWebToken.Sign(key, claims.ToJson()), now + lifetime);
    }

    /// <summary>A token that lives as long as the Secret that it is kept in.</summary>
    public string IssueLegacy(ServiceAccount account, string secretName) => JsonWebToken.Sign(key, new ServiceAccountClaims
    {
        Issuer = ServiceAccountClaims.LegacyIssuer,
        Subject = UserInfo.ServiceAccountUserName(account.Metadata.Namespace, account.Metadata.Name),
        Namespace = account.Metadata.Namespace,
        ServiceAccount = ClaimOf(account),
        Secret = new(secretName, ""),
    }.ToJson());

    private static ObjectClaim ClaimOf(IApiObject value) => new(value.Metadata.Name, value.Metadata.Uid);
}

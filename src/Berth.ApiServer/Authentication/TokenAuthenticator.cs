using System.Collections.Immutable;
using System.Text;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Pki;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Authentication;

/// <summary>
/// Judges bearer tokens: those that machines join with, which <see cref="BootstrapTokenAuthenticator"/> looks at, and
/// service-account tokens: 1. signature (remembered per token), 2. issuer, audience and dates, 3. the objects that
/// it speaks of, as they are now. Steps 2 and 3 read memory only and are done each time, so that a token dies with
/// its pod. Thread-safe.
/// </summary>
public sealed class TokenAuthenticator(ServiceAccountKey key, TokenOptions options, IObjectReader objects, TimeProvider time)
{
    private const string PodNameKey = "authentication.kubernetes.io/pod-name";
    private const string PodUidKey = "authentication.kubernetes.io/pod-uid";
    private const string NodeNameKey = "authentication.kubernetes.io/node-name";
    private const string NodeUidKey = "authentication.kubernetes.io/node-uid";
    private const string CredentialIdKey = "authentication.kubernetes.io/credential-id";

    /// <summary>By which clocks may differ, and how long an object that is being deleted still counts.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    private readonly VerifiedTokens _verified = new();
    private readonly BootstrapTokenAuthenticator _bootstrap = new(objects, time);

    /// <param name="audiences">Whom it must be good for, one of them at least; empty: the API server.</param>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(string token, ApiList<string> audiences, CancellationToken cancellation = default)
    {
        if (BootstrapTokenAuthenticator.HasForm(token)) return await _bootstrap.AuthenticateAsync(token, cancellation);

        // 1. Signature.
        if (!_verified.TryGet(token, out var claims))
        {
            if (JsonWebToken.Open(key, token) is not { } payload) return Refused("invalid bearer token");
            claims = ServiceAccountClaims.Parse(payload);
            if (claims is null) return Refused("the token is not a service account token");
            _verified.Add(token, claims);
        }

        // 2. Issuer, audience, dates.
        if (!claims.IsLegacy && claims.Issuer != options.Issuer) return Refused($"the token was issued by {claims.Issuer}");
        var wanted = audiences.IsEmpty ? options.Audiences : audiences;
        // Tokens in Secrets carry no audience: they are made for the API server.
        var offered = claims.IsLegacy ? options.Audiences : claims.Audiences;
        ApiList<string> matched = [.. wanted.Where(offered.Contains)];
        if (matched.IsEmpty)
            return Refused($"token audiences [{string.Join(' ', offered)}] is invalid for the target audiences [{string.Join(' ', wanted)}]");
        if (claims.Subject != UserInfo.ServiceAccountUserName(claims.Namespace, claims.ServiceAccount.Name))
            return Refused("the token's subject is not its service account");
        if (CheckDates(claims) is { } dateProblem) return Refused(dateProblem);

        // 3. Live objects.
        var account = await objects.GetAsync<ServiceAccount>(claims.Namespace, claims.ServiceAccount.Name, cancellation);
        if (CheckLive("serviceaccount", claims.ServiceAccount, account?.Metadata) is { } accountProblem) return Refused(accountProblem);
        if (claims.Secret is { } secretClaim)
        {
            var secret = await objects.GetAsync<Secret>(claims.Namespace, secretClaim.Name, cancellation);
            if (CheckLive("secret", claims.IsLegacy ? null : secretClaim, secret?.Metadata) is { } problem) return Refused(problem);
            if (claims.IsLegacy && !HoldsToken(secret!, token)) return Refused("the token does not match the one in its secret");
        }

        if (claims.Pod is { } podClaim)
        {
            var pod = await objects.GetAsync<Pod>(claims.Namespace, podClaim.Name, cancellation);
            if (CheckLive("pod", podClaim, pod?.Metadata) is { } problem) return Refused(problem);
        }
        else if (claims.Node is { } nodeClaim)
        {
            var node = await objects.GetAsync<Node>(null, nodeClaim.Name, cancellation);
            if (CheckLive("node", nodeClaim, node?.Metadata) is { } problem) return Refused(problem);
        }

        return new AuthenticationResult.Authenticated(UserOf(claims), matched);
    }

    private static AuthenticationResult.Refused Refused(string message) => new(message);

    private static bool HoldsToken(Secret secret, string token) =>
        secret.Data.TryGetValue("token", out var kept)
        && System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(kept.Span, Encoding.UTF8.GetBytes(token));

    private static UserInfo UserOf(ServiceAccountClaims claims)
    {
        var extra = ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>();
        if (claims.TokenId.Length > 0) extra[CredentialIdKey] = ["JTI=" + claims.TokenId];
        if (claims.Pod is { } pod)
        {
            extra[PodNameKey] = [pod.Name];
            extra[PodUidKey] = [pod.Uid];
        }

        if (claims.Node is { } node)
        {
            extra[NodeNameKey] = [node.Name];
            extra[NodeUidKey] = [node.Uid];
        }

        return UserInfo.ServiceAccount(claims.Namespace, claims.ServiceAccount.Name, claims.ServiceAccount.Uid) with { Extra = extra.ToImmutable() };
    }

    private string? CheckDates(ServiceAccountClaims claims)
    {
        if (claims.IsLegacy) return null;
        var now = time.GetUtcNow();
        if (claims.Expires is not { } expires || now > expires + Leeway) return "service account token has expired";
        if (claims.NotBefore is { } start && now + Leeway < start) return "service account token is not valid yet";
        return claims.IssuedAt is { } issued && now + Leeway < issued ? "service account token is issued in the future" : null;
    }

    /// <param name="claim">Null: any uid will do.</param>
    private string? CheckLive(string kind, ObjectClaim? claim, ObjectMeta? live)
    {
        if (live is null) return $"service account token has been invalidated: its {kind} does not exist";
        if (claim is not null && live.Uid != claim.Uid) return $"{kind} UID ({live.Uid}) does not match claim ({claim.Uid})";
        return live.DeletionTimestamp is { } deletion && deletion.Value < time.GetUtcNow() - Leeway
            ? $"service account token has been invalidated: its {kind} has been deleted"
            : null;
    }
}

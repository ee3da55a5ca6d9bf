using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Authentication;

/// <summary>
/// Judges the tokens that machines join with, <c>ID.SECRET</c>: each is a Secret <c>kube-system/bootstrap-token-ID</c>, read
/// anew each time, so that a token ends with its Secret and at its time. Its holder is <c>system:bootstrap:ID</c> in the group
/// <c>system:bootstrappers</c>, which may ask for a node's certificate and do little else. Thread-safe.
/// </summary>
public sealed class BootstrapTokenAuthenticator(IObjectReader objects, TimeProvider time)
{
    public const string SecretType = "bootstrap.kubernetes.io/token";
    public const string SecretPrefix = "bootstrap-token-";
    public const string Namespace = "kube-system";
    public const string UserPrefix = "system:bootstrap:";
    public const string Group = "system:bootstrappers";

    private const int IdLength = 6;
    private const int SecretLength = 16;

    /// <summary>Whether a bearer token has the form of these; others are for somebody else to judge.</summary>
    public static bool HasForm(string token) =>
        token.Length == IdLength + 1 + SecretLength && token[IdLength] == '.'
        && token.AsSpan(0, IdLength).IndexOfAnyExcept(s_characters) < 0
        && token.AsSpan(IdLength + 1).IndexOfAnyExcept(s_characters) < 0;

    private static readonly System.Buffers.SearchValues<char> s_characters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    public async ValueTask<AuthenticationResult> AuthenticateAsync(string token, CancellationToken cancellation = default)
    {
        var id = token[..IdLength];
        var secret = await objects.GetAsync<Secret>(Namespace, SecretPrefix + id, cancellation);
        if (secret is null || secret.Type != SecretType || secret.Metadata.DeletionTimestamp is not null)
            return Refused(id, "there is no such token");
        var given = Encoding.ASCII.GetBytes(token[(IdLength + 1)..]);
        if (Text(secret, "token-id") != id || !secret.Data.TryGetValue("token-secret", out var kept) || !CryptographicOperations.FixedTimeEquals(kept.Span, given))
            return Refused(id, "its secret is another");
        if (Text(secret, "expiration") is { Length: > 0 } expiration
            && (!DateTimeOffset.TryParse(expiration, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) || end <= time.GetUtcNow()))
            return Refused(id, $"it expired at {expiration}");
        if (Text(secret, "usage-bootstrap-authentication") != "true")
            return Refused(id, "it is not for authentication");

        var groups = ImmutableArray.CreateBuilder<string>();
        groups.Add(Group);
        foreach (var extra in Text(secret, "auth-extra-groups").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Whoever may write such a Secret must not become anybody that way.
            if (!extra.StartsWith(Group + ":", StringComparison.Ordinal))
                return Refused(id, $"its group \"{extra}\" does not begin with {Group}:");
            groups.Add(extra);
        }

        groups.Add(UserInfo.AuthenticatedGroup);
        return new AuthenticationResult.Authenticated(UserInfo.Of(UserPrefix + id, groups.ToArray()), []);
    }

    private static string Text(Secret secret, string key) => secret.Data.TryGetValue(key, out var value) ? value.ToUtf8() : "";

    private static AuthenticationResult.Refused Refused(string id, string problem) => new($"bootstrap token {id}: {problem}");
}

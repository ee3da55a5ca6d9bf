using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Berth.ApiServer.Authentication;

/// <summary>
/// All ways to say who one is, in this order: 1. the identity that the in-process transport gives, 2. a client
/// certificate, 3. a bearer token. The first that is good counts; when one was shown and none is good, the request is
/// refused; when none was shown, it is anonymous. Thread-safe.
/// </summary>
public sealed class RequestAuthenticator(ClientCertificateAuthenticator? certificates, TokenAuthenticator? tokens) : IAuthenticator
{
    private const string WebSocketTokenPrefix = "base64url.bearer.authorization.k8s.io.";

    public async ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context)
    {
        // 1.
        if (context.Features.Get<InProcessIdentity>() is { } identity)
            return new AuthenticationResult.Authenticated(identity.User, []);

        // 2.
        var byCertificate = certificates?.Authenticate(context) ?? AuthenticationResult.Anonymous.Instance;
        if (byCertificate is AuthenticationResult.Authenticated) return byCertificate;

        // 3.
        if (tokens is not null && BearerToken(context.Request) is { } token)
        {
            var byToken = await tokens.AuthenticateAsync(token, [], context.RequestAborted);
            if (byToken is AuthenticationResult.Authenticated || byCertificate is not AuthenticationResult.Refused bad) return byToken;
            return new AuthenticationResult.Refused($"{bad.Message}; {((AuthenticationResult.Refused)byToken).Message}");
        }

        return byCertificate;
    }

    private static string? BearerToken(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            var token = header["Bearer ".Length..].Trim();
            if (token.Length > 0) return token;
        }

        // Browsers cannot set headers on web sockets: they bring the token as the name of a subprotocol.
        foreach (var protocols in request.Headers.SecWebSocketProtocol)
        {
            foreach (var protocol in (protocols ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (!protocol.StartsWith(WebSocketTokenPrefix, StringComparison.Ordinal)) continue;
                var encoded = protocol[WebSocketTokenPrefix.Length..];
                if (Base64Url.IsValid(encoded)) return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(encoded));
            }
        }

        return null;
    }
}

namespace Berth.ApiServer.Authentication;

/// <summary>
/// What a request's credentials came to: somebody, nobody (no credential was shown), or a credential that is not good (401).
/// </summary>
public abstract record AuthenticationResult
{
    private AuthenticationResult()
    {
    }

    /// <param name="Audiences">For whom the token was made, of those asked for; empty for credentials without audience.</param>
    public sealed record Authenticated(UserInfo User, Berth.Api.ApiList<string> Audiences) : AuthenticationResult;

    /// <summary>The request goes on as <see cref="UserInfo.Anonymous"/>, if its path admits it.</summary>
    public sealed record Anonymous : AuthenticationResult
    {
        internal static Anonymous Instance { get; } = new();
    }

    /// <param name="Message">For the server's log: the client is told "Unauthorized" and nothing more.</param>
    public sealed record Refused(string Message) : AuthenticationResult;
}

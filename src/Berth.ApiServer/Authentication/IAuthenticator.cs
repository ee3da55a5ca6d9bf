using Microsoft.AspNetCore.Http;

namespace Berth.ApiServer.Authentication;

/// <summary>Finds out who sends a request. May be called from any thread.</summary>
public interface IAuthenticator
{
    ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context);
}

namespace Berth.ApiServer.Authorization;

/// <summary>May it be done, and why. <see cref="ForbiddenMessage"/> makes the text of the 403 from a refusal.</summary>
/// <param name="Reason">For people; the role and binding that allow it, or what an authorizer says to a refusal. May be empty.</param>
public readonly record struct AuthorizationDecision(bool Allowed, string Reason)
{
    public static AuthorizationDecision Allow(string reason) => new(true, reason);

    /// <summary>No authorizer allowed it.</summary>
    public static AuthorizationDecision NoOpinion(string reason = "") => new(false, reason);
}

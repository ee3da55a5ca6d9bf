using Berth.ApiServer.Authentication;
using Berth.ApiServer.Http;

namespace Berth.ApiServer.Audit;

/// <summary>What of which requests is written down: the first rule that means a request decides; where none does, nothing is.</summary>
public sealed record AuditPolicy(IReadOnlyList<AuditRule> Rules)
{
    /// <param name="user">As authenticated, not as impersonated; null when nobody could be.</param>
    /// <returns>Null: nothing.</returns>
    internal AuditRule? Find(RequestInfo info, UserInfo? user)
    {
        foreach (var rule in Rules)
        {
            if (rule.Means(info, user))
                return rule;
        }

        return null;
    }
}

using System.Collections.Concurrent;
using Berth.Api.Authentication.V1;
using Berth.Api.Authorization.V1;
using Berth.Client;
using Berth.Node.Streaming;

namespace Berth.Agent;

/// <summary>
/// Who may use the agent's own endpoint, as the API server says: SubjectAccessReviews and TokenReviews, whose answers are kept
/// for a while as Kubernetes' node agent does. Thread-safe.
/// </summary>
internal sealed class NodeAccess(IClusterClient client, string nodeName, TimeProvider time)
{
    // Full, it starts anew: those who ask are few.
    private const int KeptMax = 1000;

    private static readonly TimeSpan s_keepAllowed = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_keepRefused = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (bool Allowed, DateTimeOffset Until)> _kept = new(StringComparer.Ordinal);

    public async Task<bool> AuthorizeAsync(KubeletCaller caller, string verb, string subresource, CancellationToken ct)
    {
        var question = $"{caller.Name}\n{string.Join(',', caller.Groups)}\n{verb}\n{subresource}";
        if (_kept.TryGetValue(question, out var kept) && kept.Until > time.GetUtcNow())
            return kept.Allowed;
        var review = await client.CreateAsync(
            new SubjectAccessReview
            {
                Spec = new()
                {
                    User = caller.Name,
                    Groups = [.. caller.Groups],
                    ResourceAttributes = new() { Version = "v1", Resource = "nodes", Subresource = subresource, Name = nodeName, Verb = verb },
                },
            },
            ct: ct);
        if (_kept.Count >= KeptMax)
            _kept.Clear();
        _kept[question] = (review.Status.Allowed, time.GetUtcNow() + (review.Status.Allowed ? s_keepAllowed : s_keepRefused));
        return review.Status.Allowed;
    }

    public async Task<KubeletCaller?> AuthenticateAsync(string token, CancellationToken ct)
    {
        var review = await client.CreateAsync(new TokenReview { Spec = new() { Token = token } }, ct: ct);
        return review.Status.Authenticated ? new KubeletCaller(review.Status.User.Username, [.. review.Status.User.Groups]) : null;
    }
}

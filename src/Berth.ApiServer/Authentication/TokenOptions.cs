using Berth.Api;

namespace Berth.ApiServer.Authentication;

/// <summary>Who issues service-account tokens, and for whom a token must be made to be good for this API server.</summary>
public sealed record TokenOptions
{
    public string Issuer { get; init; } = "https://kubernetes.default.svc.cluster.local";

    /// <summary>Empty: the issuer.</summary>
    public ApiList<string> ApiAudiences { get; init; } = [];

    public ApiList<string> Audiences => ApiAudiences.IsEmpty ? [Issuer] : ApiAudiences;
}

using Berth.Api.Authentication.V1;
using Berth.ApiServer.Http;

namespace Berth.ApiServer.Authentication;

/// <summary>Tells others who is behind a token (TokenReview), and users who they are (SelfSubjectReview).</summary>
internal sealed class TokenReviews(TokenAuthenticator tokens)
{
    public async ValueTask<TokenReview> ReviewAsync(ApiRequest request, TokenReview review)
    {
        if (review.Spec.Token.Length == 0) throw ApiStatusException.BadRequest("token is required for TokenReview in authentication");
        var result = await tokens.AuthenticateAsync(review.Spec.Token, review.Spec.Audiences, request.Cancellation);
        return review with
        {
            Status = result switch
            {
                AuthenticationResult.Authenticated known => new() { Authenticated = true, User = known.User.ToApi(), Audiences = known.Audiences },
                AuthenticationResult.Refused refused => new() { Error = refused.Message },
                _ => new(),
            },
        };
    }

    public static ValueTask<SelfSubjectReview> WhoAmI(ApiRequest request, SelfSubjectReview review) => new(review with
    {
        Metadata = review.Metadata with { CreationTimestamp = request.Now },
        Status = new() { UserInfo = request.User.ToApi() },
    });
}

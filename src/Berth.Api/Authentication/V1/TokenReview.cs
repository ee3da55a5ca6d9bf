using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

/// <summary>Asks whose token this is.</summary>
[Kind("authentication.k8s.io", "v1", "TokenReview")]
[Resource("tokenreviews", "tokenreview", Namespaced = false, Verbs = "create")]
public sealed partial record TokenReview
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The token.</summary>
    [Field(2, Required = true)]
    public TokenReviewSpec Spec { get; init; } = TokenReviewSpec.Empty;

    /// <summary>Whose it is. Set by the server.</summary>
    [Field(3)]
    public TokenReviewStatus Status { get; init; } = TokenReviewStatus.Empty;
}

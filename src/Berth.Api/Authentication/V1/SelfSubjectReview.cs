using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

/// <summary>Tells who asks, as the server sees it.</summary>
[Kind("authentication.k8s.io", "v1", "SelfSubjectReview")]
[Resource("selfsubjectreviews", "selfsubjectreview", Namespaced = false, Verbs = "create")]
public sealed partial record SelfSubjectReview
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Who asks. Set by the server.</summary>
    [Field(2)]
    public SelfSubjectReviewStatus Status { get; init; } = SelfSubjectReviewStatus.Empty;
}

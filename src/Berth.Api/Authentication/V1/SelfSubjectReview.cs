using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

[Kind("authentication.k8s.io", "v1", "SelfSubjectReview")]
[Resource("selfsubjectreviews", "selfsubjectreview", Namespaced = false, Verbs = "create")]
public sealed partial record SelfSubjectReview
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public SelfSubjectReviewStatus Status { get; init; } = SelfSubjectReviewStatus.Empty;
}

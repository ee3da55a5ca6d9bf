using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

[Kind("authorization.k8s.io", "v1", "LocalSubjectAccessReview")]
[Resource("localsubjectaccessreviews", "localsubjectaccessreview", Verbs = "create")]
public sealed partial record LocalSubjectAccessReview
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Required = true)]
    public SubjectAccessReviewSpec Spec { get; init; } = SubjectAccessReviewSpec.Empty;

    [Field(3)]
    public SubjectAccessReviewStatus Status { get; init; } = SubjectAccessReviewStatus.Empty;
}

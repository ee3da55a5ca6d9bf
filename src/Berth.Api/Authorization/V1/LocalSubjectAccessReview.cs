using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

/// <summary>Asks whether a user may do something in one namespace.</summary>
[Kind("authorization.k8s.io", "v1", "LocalSubjectAccessReview")]
[Resource("localsubjectaccessreviews", "localsubjectaccessreview", Verbs = "create")]
public sealed partial record LocalSubjectAccessReview
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Who, and what. Its namespace must be that of the request.</summary>
    [Field(2, Required = true)]
    public SubjectAccessReviewSpec Spec { get; init; } = SubjectAccessReviewSpec.Empty;

    /// <summary>The answer. Set by the server.</summary>
    [Field(3)]
    public SubjectAccessReviewStatus Status { get; init; } = SubjectAccessReviewStatus.Empty;
}

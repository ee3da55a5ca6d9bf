using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

/// <summary>Asks whether who asks may do something.</summary>
[Kind("authorization.k8s.io", "v1", "SelfSubjectAccessReview")]
[Resource("selfsubjectaccessreviews", "selfsubjectaccessreview", Namespaced = false, Verbs = "create")]
public sealed partial record SelfSubjectAccessReview
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>What.</summary>
    [Field(2, Required = true)]
    public SelfSubjectAccessReviewSpec Spec { get; init; } = SelfSubjectAccessReviewSpec.Empty;

    /// <summary>The answer. Set by the server.</summary>
    [Field(3)]
    public SubjectAccessReviewStatus Status { get; init; } = SubjectAccessReviewStatus.Empty;
}

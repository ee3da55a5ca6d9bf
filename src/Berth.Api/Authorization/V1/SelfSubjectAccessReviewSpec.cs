using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

public sealed partial record SelfSubjectAccessReviewSpec
{
    [Field(1)]
    public ResourceAttributes? ResourceAttributes { get; init; }

    [Field(2)]
    public NonResourceAttributes? NonResourceAttributes { get; init; }
}

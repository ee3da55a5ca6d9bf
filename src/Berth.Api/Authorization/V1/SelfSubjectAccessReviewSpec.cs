using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

/// <summary>What somebody wants to do. Exactly one of the two.</summary>
public sealed partial record SelfSubjectAccessReviewSpec
{
    /// <summary>A request for a resource.</summary>
    [Field(1)]
    public ResourceAttributes? ResourceAttributes { get; init; }

    /// <summary>A request for another path.</summary>
    [Field(2)]
    public NonResourceAttributes? NonResourceAttributes { get; init; }
}

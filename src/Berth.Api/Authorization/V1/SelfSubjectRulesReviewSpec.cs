using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

/// <summary>A namespace.</summary>
public sealed partial record SelfSubjectRulesReviewSpec
{
    /// <summary>Its name.</summary>
    [Field(1)]
    public string Namespace { get; init; } = "";
}

using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

public sealed partial record SelfSubjectRulesReviewSpec
{
    [Field(1)]
    public string Namespace { get; init; } = "";
}

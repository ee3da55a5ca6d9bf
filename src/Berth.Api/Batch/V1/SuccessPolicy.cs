using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record SuccessPolicy
{
    [Field(1, Always = true, Required = true)]
    public ApiList<SuccessPolicyRule> Rules { get; init; } = [];
}

using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record SuccessPolicy
{
    [Field(1, Required = true)]
    public ApiList<SuccessPolicyRule> Rules { get; init; } = [];
}

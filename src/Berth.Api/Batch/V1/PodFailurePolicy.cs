using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record PodFailurePolicy
{
    [Field(1, Always = true, Required = true)]
    public ApiList<PodFailurePolicyRule> Rules { get; init; } = [];
}

using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record PodFailurePolicyRule
{
    [Field(1, Always = true, Required = true)]
    public string Action { get; init; } = "";

    [Field(2)]
    public PodFailurePolicyOnExitCodesRequirement? OnExitCodes { get; init; }

    [Field(3)]
    public ApiList<PodFailurePolicyOnPodConditionsPattern> OnPodConditions { get; init; } = [];
}

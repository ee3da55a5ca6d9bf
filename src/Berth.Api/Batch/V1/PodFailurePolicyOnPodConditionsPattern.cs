using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record PodFailurePolicyOnPodConditionsPattern
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2, Always = true)]
    public string Status { get; init; } = "";
}

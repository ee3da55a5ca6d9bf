using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record PodFailurePolicyOnExitCodesRequirement
{
    [Field(1)]
    public string? ContainerName { get; init; }

    [Field(2, Always = true, Required = true)]
    public string Operator { get; init; } = "";

    [Field(3, Always = true, Required = true), ListSet]
    public ApiList<int> Values { get; init; } = [];
}

using Berth.Api.Schema;

namespace Berth.Api.Metrics.V1Beta1;

public sealed partial record ContainerMetrics
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public ApiMap<Quantity> Usage { get; init; } = [];
}

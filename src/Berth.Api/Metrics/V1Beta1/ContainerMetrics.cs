using Berth.Api.Schema;

namespace Berth.Api.Metrics.V1Beta1;

/// <summary>What a container uses.</summary>
public sealed partial record ContainerMetrics
{
    /// <summary>Name of the container.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>CPU, as an average over the window, and memory (the working set).</summary>
    [Field(2, Always = true, Required = true)]
    public ApiMap<Quantity> Usage { get; init; } = [];
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Resources of the node itself, such as CPU or memory, that a pod has by way of a claim.</summary>
public sealed partial record NodeAllocatableResourceClaimStatus
{
    /// <summary>The claim.</summary>
    [Field(1, Always = true, Required = true)]
    public string ResourceClaimName { get; init; } = "";

    /// <summary>Containers of the pod that use the claim.</summary>
    [Field(2), ListSet]
    public ApiList<string> Containers { get; init; } = [];

    /// <summary>How much of each resource.</summary>
    [Field(3, Always = true, Required = true)]
    public ApiMap<Quantity> Resources { get; init; } = [];
}

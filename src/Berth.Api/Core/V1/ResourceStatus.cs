using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Health of what a container was given of one resource.</summary>
public sealed partial record ResourceStatus
{
    /// <summary>The resource, or claim:NAME/REQUEST for devices of a claim.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Its devices.</summary>
    [Field(2), ListMap("resourceID")]
    public ApiList<ResourceHealth> Resources { get; init; } = [];
}

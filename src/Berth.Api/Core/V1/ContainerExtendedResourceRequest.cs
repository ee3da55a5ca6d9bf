using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An extended resource of a container that is served by a device of a claim.</summary>
public sealed partial record ContainerExtendedResourceRequest
{
    /// <summary>The container that asked for it.</summary>
    [Field(1, Always = true, Required = true)]
    public string ContainerName { get; init; } = "";

    /// <summary>Name of the extended resource.</summary>
    [Field(2, Always = true, Required = true)]
    public string ResourceName { get; init; } = "";

    /// <summary>The request of the claim that holds the device.</summary>
    [Field(3, Always = true, Required = true)]
    public string RequestName { get; init; } = "";
}

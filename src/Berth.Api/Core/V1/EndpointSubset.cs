using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Addresses with the ports that all of them have.</summary>
public sealed partial record EndpointSubset
{
    /// <summary>Addresses that take connections.</summary>
    [Field(1)]
    public ApiList<EndpointAddress> Addresses { get; init; } = [];

    /// <summary>Addresses that do not, as the pod has not started or its readiness probe fails.</summary>
    [Field(2)]
    public ApiList<EndpointAddress> NotReadyAddresses { get; init; } = [];

    /// <summary>Ports of all these addresses.</summary>
    [Field(3)]
    public ApiList<EndpointPort> Ports { get; init; } = [];
}

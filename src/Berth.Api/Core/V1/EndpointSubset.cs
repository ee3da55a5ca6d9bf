using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record EndpointSubset
{
    [Field(1)]
    public ApiList<EndpointAddress> Addresses { get; init; } = [];

    [Field(2)]
    public ApiList<EndpointAddress> NotReadyAddresses { get; init; } = [];

    [Field(3)]
    public ApiList<EndpointPort> Ports { get; init; } = [];
}

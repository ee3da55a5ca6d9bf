using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

[Kind("discovery.k8s.io", "v1", "EndpointSlice")]
[Resource("endpointslices", "endpointslice")]
public sealed partial record EndpointSlice
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Always = true)]
    public ApiList<Endpoint> Endpoints { get; init; } = [];

    [Field(3, Always = true)]
    public ApiList<EndpointPort> Ports { get; init; } = [];

    [Field(4, Always = true, Required = true)]
    public string AddressType { get; init; } = "";
}

using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

/// <summary>Some of the endpoints behind a Service; the label kubernetes.io/service-name says which Service.</summary>
[Kind("discovery.k8s.io", "v1", "EndpointSlice")]
[Resource("endpointslices", "endpointslice")]
public sealed partial record EndpointSlice
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The endpoints; 1000 at most.</summary>
    [Field(2, Always = true)]
    public ApiList<Endpoint> Endpoints { get; init; } = [];

    /// <summary>Ports that all of them have; 100 at most.</summary>
    [Field(3, Always = true)]
    public ApiList<EndpointPort> Ports { get; init; } = [];

    /// <summary>IPv4, IPv6 or FQDN. It cannot change.</summary>
    [Field(4, Always = true, Required = true)]
    public string AddressType { get; init; } = "";
}

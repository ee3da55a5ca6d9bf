using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>One name and address for a set of pods.</summary>
[Kind("", "v1", "Service")]
[Resource("services", "service", ShortNames = "svc", Categories = "all", Subresources = "proxy=/v1/ServiceProxyOptions:create,delete,get,patch,update;status:get,patch,update")]
public sealed partial record Service
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The pods and ports, and how they are reached.</summary>
    [Field(2)]
    public ServiceSpec Spec { get; init; } = ServiceSpec.Empty;

    /// <summary>Addresses of the load balancer, if there is one.</summary>
    [Field(3)]
    public ServiceStatus Status { get; init; } = ServiceStatus.Empty;
}

using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "Service")]
[Resource("services", "service", ShortNames = "svc", Categories = "all", Subresources = "proxy=/v1/ServiceProxyOptions:create,delete,get,patch,update;status:get,patch,update")]
public sealed partial record Service
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public ServiceSpec Spec { get; init; } = ServiceSpec.Empty;

    [Field(3)]
    public ServiceStatus Status { get; init; } = ServiceStatus.Empty;
}

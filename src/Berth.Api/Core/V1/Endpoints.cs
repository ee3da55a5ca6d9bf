using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "Endpoints")]
[Resource("endpoints", "endpoints", ShortNames = "ep")]
public sealed partial record Endpoints
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public ApiList<EndpointSubset> Subsets { get; init; } = [];
}

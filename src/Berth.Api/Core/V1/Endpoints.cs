using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>
/// The addresses behind a Service, in one object, at most 1000 of them. Deprecated since 1.33: EndpointSlices tell more and change in smaller
/// parts.
/// </summary>
[Kind("", "v1", "Endpoints")]
[Resource("endpoints", "endpoints", ShortNames = "ep")]
public sealed partial record Endpoints
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Groups of addresses that have the same ports.</summary>
    [Field(2)]
    public ApiList<EndpointSubset> Subsets { get; init; } = [];
}

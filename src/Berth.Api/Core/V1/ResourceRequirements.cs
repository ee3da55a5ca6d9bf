using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ResourceRequirements
{
    [Field(1)]
    public ApiMap<Quantity> Limits { get; init; } = [];

    [Field(2)]
    public ApiMap<Quantity> Requests { get; init; } = [];

    [Field(3), ListMap("name")]
    public ApiList<ResourceClaim> Claims { get; init; } = [];
}

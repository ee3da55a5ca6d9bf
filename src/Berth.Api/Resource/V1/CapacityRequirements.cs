using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record CapacityRequirements
{
    [Field(1)]
    public ApiMap<Quantity> Requests { get; init; } = [];
}

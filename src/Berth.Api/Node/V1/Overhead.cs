using Berth.Api.Schema;

namespace Berth.Api.Node.V1;

public sealed partial record Overhead
{
    [Field(1)]
    public ApiMap<Quantity> PodFixed { get; init; } = [];
}

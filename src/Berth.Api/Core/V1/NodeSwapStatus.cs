using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NodeSwapStatus
{
    [Field(1)]
    public long? Capacity { get; init; }
}

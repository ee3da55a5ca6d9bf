using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodSchedulingGroup
{
    [Field(1)]
    public string? PodGroupName { get; init; }
}

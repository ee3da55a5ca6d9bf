using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ContainerStateRunning
{
    [Field(1)]
    public Time? StartedAt { get; init; }
}

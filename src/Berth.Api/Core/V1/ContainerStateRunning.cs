using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ContainerStateRunning
{
    [Field(1, Always = true)]
    public Time? StartedAt { get; init; }
}

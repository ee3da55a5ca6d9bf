using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A container that runs.</summary>
public sealed partial record ContainerStateRunning
{
    /// <summary>When it last started.</summary>
    [Field(1, Always = true)]
    public Time? StartedAt { get; init; }
}

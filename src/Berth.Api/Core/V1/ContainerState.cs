using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What a container is doing: exactly one of waiting, running and terminated; none of them means waiting.</summary>
public sealed partial record ContainerState
{
    /// <summary>Set while the container has not started: the image comes, or a back-off runs.</summary>
    [Field(1)]
    public ContainerStateWaiting? Waiting { get; init; }

    /// <summary>Set while it runs.</summary>
    [Field(2)]
    public ContainerStateRunning? Running { get; init; }

    /// <summary>Set once it has ended.</summary>
    [Field(3)]
    public ContainerStateTerminated? Terminated { get; init; }
}

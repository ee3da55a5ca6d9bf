using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What happens at the start and at the end of a container.</summary>
public sealed partial record Lifecycle
{
    /// <summary>
    /// Runs right after the start, beside the container's own program. Until it is done the container is not running; if it fails, the
    /// container ends and restartPolicy decides.
    /// </summary>
    [Field(1)]
    public LifecycleHandler? PostStart { get; init; }

    /// <summary>
    /// Runs before the container is told to end, within the grace period; not after an end of its own accord. Its outcome does not matter.
    /// </summary>
    [Field(2)]
    public LifecycleHandler? PreStop { get; init; }

    /// <summary>
    /// Signal that tells the program to end, such as SIGUSR1; needs spec.os.name of the pod. Absent: that of the image, else SIGTERM.
    /// </summary>
    [Field(3)]
    public string? StopSignal { get; init; }
}

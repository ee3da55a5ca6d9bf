using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Node.PodSync;

/// <param name="Message">Of the Killing event.</param>
/// <param name="GraceSeconds">Overrides the pod's own; null does not.</param>
public sealed record ContainerStop(ObservedContainer Container, PodContainer Spec, string Message, long? GraceSeconds = null);

/// <param name="After">What ran before under this name; null at the first start.</param>
public sealed record ContainerStart(PodContainer Container, int Attempt, ObservedContainer? After);

/// <summary>What has to be done now so that a pod becomes what it should be. Empty when nothing is to be done before the next change.</summary>
public sealed record PodPlan
{
    public static PodPlan Nothing { get; } = new();

    /// <summary>Sandboxes that stopped being of use, and everything in them.</summary>
    public ApiList<ObservedSandbox> StopSandboxes { get; init; } = [];

    /// <summary>Null where one is there or none is needed.</summary>
    public int? CreateSandboxAttempt { get; init; }

    public ApiList<ContainerStop> Stops { get; init; } = [];

    /// <summary>In this order, each only if the one before could be started.</summary>
    public ApiList<ContainerStart> Starts { get; init; } = [];

    /// <summary>Containers that wait out a back-off, with when it ends.</summary>
    public ApiMap<DateTimeOffset> BackingOff { get; init; } = [];

    /// <summary>All that the pod was to do is done, or can never be: what still runs is to be stopped.</summary>
    public bool Finished { get; init; }

    public bool IsEmpty => StopSandboxes.IsEmpty && CreateSandboxAttempt is null && Stops.IsEmpty && Starts.IsEmpty && !Finished;

    public DateTimeOffset? WakeAt => BackingOff.IsEmpty ? null : BackingOff.Values.Min();
}

public enum ProbeVerdict
{
    Unknown,
    Success,
    Failure,
}

/// <summary>Probe results that decide about running containers, by container id.</summary>
public interface IProbeResults
{
    /// <summary>Success without a startup probe.</summary>
    ProbeVerdict Startup(string containerId);

    ProbeVerdict Liveness(string containerId);

    /// <summary>Success without a readiness probe.</summary>
    ProbeVerdict Readiness(string containerId);
}

/// <summary>All that a plan depends on.</summary>
/// <param name="Backoff">When a container that ended at a time may start again; null for at once.</param>
public sealed record PodFacts(Pod Pod, ObservedPod Observed, IProbeResults Probes, Func<PodContainer, DateTimeOffset, DateTimeOffset?> Backoff)
{
    /// <summary>Ids of containers that get new resources by a restart, whatever the restart policy.</summary>
    public IReadOnlyCollection<string> Restarting { get; init; } = [];
}

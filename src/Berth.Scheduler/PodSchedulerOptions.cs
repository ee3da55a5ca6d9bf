using Berth.Scheduler.Cycle;

namespace Berth.Scheduler;

public sealed record PodSchedulerOptions
{
    /// <summary>Pods that name one of these are placed here; all others are left alone.</summary>
    public IReadOnlyList<SchedulerProfile> Profiles { get; init; } = [SchedulerProfile.Default];

    /// <summary>Whether the cluster serves resource claims (<c>resource.k8s.io/v1</c>); where it does not, they cannot be followed.</summary>
    public bool Claims { get; init; } = true;

    /// <summary>Decides among equal nodes. The same seed over the same events gives the same placements.</summary>
    public int Seed { get; init; } = 1;
}

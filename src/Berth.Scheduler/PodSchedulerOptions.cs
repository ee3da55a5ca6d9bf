using Berth.Scheduler.Cycle;

namespace Berth.Scheduler;

public sealed record PodSchedulerOptions
{
    /// <summary>Pods that name one of these are placed here; all others are left alone.</summary>
    public IReadOnlyList<SchedulerProfile> Profiles { get; init; } = [SchedulerProfile.Default];

    /// <summary>Decides among equal nodes. The same seed over the same events gives the same placements.</summary>
    public int Seed { get; init; } = 1;
}

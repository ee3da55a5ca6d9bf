namespace Berth.Scheduler;

public sealed record PodSchedulerOptions
{
    /// <summary>Pods that name this scheduler are its own.</summary>
    public string SchedulerName { get; init; } = "default-scheduler";

    /// <summary>Decides among equal nodes. The same seed over the same events gives the same placements.</summary>
    public int Seed { get; init; } = 1;
}

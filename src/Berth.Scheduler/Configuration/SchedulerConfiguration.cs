using Berth.Scheduler.Cycle;

namespace Berth.Scheduler.Configuration;

/// <summary>What a <c>KubeSchedulerConfiguration</c> file says, as far as it concerns this scheduler.</summary>
public sealed record SchedulerConfiguration
{
    public static SchedulerConfiguration Default { get; } = new();

    public IReadOnlyList<SchedulerProfile> Profiles { get; init; } = [SchedulerProfile.Default];

    /// <summary>From <c>clientConnection.kubeconfig</c>; null when the file names none.</summary>
    public string? Kubeconfig { get; init; }

    public bool LeaderElect { get; init; } = true;

    public string LeaseName { get; init; } = "kube-scheduler";

    public string LeaseNamespace { get; init; } = "kube-system";

    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}

namespace Berth.Client.Election;

/// <summary>How one of several candidates is made the leader. The times are Kubernetes' defaults.</summary>
public sealed record ElectionOptions
{
    /// <summary>Namespace of the Lease.</summary>
    public string Namespace { get; init; } = "kube-system";

    /// <summary>Name of the Lease; the same for all candidates.</summary>
    public required string Name { get; init; }

    /// <summary>Who this candidate is; different from all others, also from itself after a restart.</summary>
    public required string Identity { get; init; }

    /// <summary>How long others wait for a leader that says nothing more.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a leader tries to renew before it gives up; less than the duration, so that it stops before another starts.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}

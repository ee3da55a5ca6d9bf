namespace Berth.Store;

/// <summary>How much history a <see cref="Compactor"/> keeps.</summary>
public sealed record CompactorOptions
{
    /// <summary>At least this much history stays readable. Kubernetes' API server keeps five minutes of etcd's.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often it looks; at most this much more than <see cref="Retention"/> is kept.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Told about each compaction that failed.</summary>
    public Action<StoreException>? Failed { get; init; }
}

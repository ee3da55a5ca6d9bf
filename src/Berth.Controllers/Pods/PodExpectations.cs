using Berth.Api;

namespace Berth.Controllers.Pods;

/// <summary>
/// What a controller has done and its cache has not yet shown. Until all of it is seen, the controller does not count pods:
/// it would create or delete the same ones again.
/// </summary>
/// <remarks>
/// Thread-safe. An expectation that is not met within <see cref="Lifetime"/> is dropped: a lost event must not stop a
/// controller for good, and by then the cache has caught up. Deletions are known by uid, so that a pod that is seen to go
/// twice (marked, then removed) counts once.
/// </remarks>
public sealed class PodExpectations(TimeProvider time)
{
    /// <summary>Longer than any watch lags behind in practice; the same five minutes as Kubernetes.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, Entry> _entries = [];

    /// <summary>To be called before the creations and deletions are begun.</summary>
    public void Expect(ObjectKey owner, int creations, IEnumerable<string> deletedUids)
    {
        lock (_gate)
            _entries[owner] = new Entry(creations, [.. deletedUids], time.GetUtcNow());
    }

    /// <summary>A pod of this owner was seen, or its creation failed and will not be seen.</summary>
    public void Created(ObjectKey owner, int count = 1)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(owner, out var entry))
                _entries[owner] = entry with { Creations = Math.Max(0, entry.Creations - count) };
        }
    }

    /// <summary>A pod of this owner was seen to go, or its deletion failed.</summary>
    public void Deleted(ObjectKey owner, string uid)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(owner, out var entry))
                entry.Deletions.Remove(uid);
        }
    }

    /// <summary>True when the cache has shown all that was done.</summary>
    public bool AreMet(ObjectKey owner)
    {
        lock (_gate)
        {
            return !_entries.TryGetValue(owner, out var entry)
                || (entry.Creations == 0 && entry.Deletions.Count == 0)
                || time.GetUtcNow() - entry.Since > Lifetime;
        }
    }

    /// <summary>The owner is gone.</summary>
    public void Forget(ObjectKey owner)
    {
        lock (_gate)
            _entries.Remove(owner);
    }

    private sealed record Entry(int Creations, HashSet<string> Deletions, DateTimeOffset Since);
}

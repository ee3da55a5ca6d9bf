namespace Berth.Node.PodSync;

/// <summary>
/// How long something that failed waits before it is tried again: 10 s, doubling to 5 min; forgotten once it held for
/// 10 min. Kubernetes' numbers. Owned by one pod's worker.
/// </summary>
public sealed class CrashBackoff
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Max = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, (TimeSpan Delay, DateTimeOffset Since)> _entries = new(StringComparer.Ordinal);

    /// <summary>When the key may be tried again after it failed at a time; null for at once.</summary>
    public DateTimeOffset? Until(string key, DateTimeOffset failedAt, DateTimeOffset now) =>
        _entries.TryGetValue(key, out var entry) && failedAt - entry.Since <= 2 * Max && failedAt + entry.Delay > now ? failedAt + entry.Delay : null;

    public TimeSpan Delay(string key) => _entries.TryGetValue(key, out var entry) ? entry.Delay : TimeSpan.Zero;

    /// <summary>A new try begins after a failure: the next one waits longer.</summary>
    public void Next(string key, DateTimeOffset failedAt, DateTimeOffset now)
    {
        var delay = _entries.TryGetValue(key, out var entry) && failedAt - entry.Since <= 2 * Max
            ? (entry.Delay * 2 < Max ? entry.Delay * 2 : Max)
            : First;
        _entries[key] = (delay, now);
    }

    public void Forget(string key) => _entries.Remove(key);
}

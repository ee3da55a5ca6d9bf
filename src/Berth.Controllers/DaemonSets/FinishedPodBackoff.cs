using Berth.Client.Work;

namespace Berth.Controllers.DaemonSets;

/// <summary>How soon a daemon pod that ended on a node is replaced: later each time, from one second to fifteen minutes.</summary>
/// <remarks>Thread-safe. A node without such pods for twice the longest delay starts anew.</remarks>
public sealed class FinishedPodBackoff(TimeProvider time)
{
    // More (set, node) pairs than fail at one time in a sane cluster; past it the oldest knowledge is dropped whole.
    private const int EntriesMax = 10_000;

    private static readonly RetryBackoff s_backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15));

    private readonly Lock _gate = new();
    private readonly Dictionary<(string SetUid, string Node), (int Times, DateTimeOffset Last)> _entries = [];

    /// <summary>Zero when the pod may be replaced now, which then counts; otherwise how long to wait.</summary>
    public TimeSpan Take(string setUid, string node)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var key = (setUid, node);
            if (_entries.TryGetValue(key, out var entry) && now - entry.Last < s_backoff.Max * 2)
            {
                var left = entry.Last + s_backoff.Delay(entry.Times - 1) - now;
                if (left > TimeSpan.Zero)
                    return left;
                _entries[key] = (entry.Times + 1, now);
                return TimeSpan.Zero;
            }

            if (_entries.Count >= EntriesMax)
                _entries.Clear();
            _entries[key] = (1, now);
            return TimeSpan.Zero;
        }
    }
}

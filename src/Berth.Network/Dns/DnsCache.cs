namespace Berth.Network.Dns;

/// <summary>What an upstream answer depends on, besides the server.</summary>
internal readonly record struct CacheKey(DnsName Name, DnsType Type, DnsClass Class, bool DnssecOk, bool CheckingDisabled)
{
    public static CacheKey Of(DnsMessage query)
    {
        var question = query.Questions[0];
        return new CacheKey(question.Name, question.Type, question.Class, query.Edns?.DnssecOk ?? false, query.CheckingDisabled);
    }
}

/// <summary>
/// Bounded table of upstream answers, each until its time is up. When full, it drops what has not been asked for since the last pass
/// (second chance), so that a flood of random names cannot push out those in use.
/// </summary>
internal sealed class DnsCache(int entriesMax, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, Entry> _entries = [];
    private readonly Queue<CacheKey> _order = new();

    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    public bool TryGet(CacheKey key, out UpstreamAnswer answer, out TimeSpan age)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var entry))
            {
                age = time.GetElapsedTime(entry.SetAt);
                if (age < entry.Keep)
                {
                    entry.Used = true;
                    answer = entry.Answer;
                    return true;
                }
            }
        }
        answer = null!;
        age = default;
        return false;
    }

    public void Set(CacheKey key, UpstreamAnswer answer, TimeSpan keep)
    {
        lock (_lock)
        {
            // Each key stands in the queue exactly once, whether its entry is fresh or past its time.
            if (!_entries.ContainsKey(key))
            {
                while (_entries.Count >= entriesMax)
                    DropOne();
                _order.Enqueue(key);
            }
            _entries[key] = new Entry(answer, time.GetTimestamp(), keep);
        }
    }

    private void DropOne()
    {
        var key = _order.Dequeue();
        var entry = _entries[key];
        if (entry.Used && time.GetElapsedTime(entry.SetAt) < entry.Keep)
        {
            entry.Used = false;
            _order.Enqueue(key);
        }
        else
        {
            _entries.Remove(key);
        }
    }

    private sealed class Entry(UpstreamAnswer answer, long setAt, TimeSpan keep)
    {
        public UpstreamAnswer Answer { get; } = answer;
        public long SetAt { get; } = setAt;
        public TimeSpan Keep { get; } = keep;
        public bool Used { get; set; }
    }
}

namespace Berth.ApiServer.Watch;

/// <summary>Says when a watch's next bookmark is due. Owned by the watch's one reader.</summary>
internal sealed class BookmarkClock : IDisposable
{
    // About once a minute, as kube-apiserver, so that a client that saw nothing for long can still resume.
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    // And shortly before the end, for the same reason.
    private static readonly TimeSpan s_beforeEnd = TimeSpan.FromSeconds(2);

    private readonly TimeProvider? _time;
    private readonly CancellationToken _stop;
    private CancellationTokenSource? _due;
    private CancellationTokenSource? _either;

    /// <param name="time">Null: never.</param>
    /// <param name="lasts">How long the watch lasts.</param>
    public BookmarkClock(TimeProvider? time, CancellationToken stop, TimeSpan lasts)
    {
        _time = time;
        _stop = stop;
        var first = lasts - s_beforeEnd;
        Set(first > TimeSpan.Zero && first < s_interval ? first : s_interval);
    }

    /// <summary>Cancelled when a bookmark is due, and when the watch ends.</summary>
    public CancellationToken Token => _either?.Token ?? _stop;

    /// <summary>True once for each bookmark that is due.</summary>
    public bool TryRing()
    {
        if (_due?.IsCancellationRequested != true)
            return false;
        Set(s_interval);
        return true;
    }

    public void Dispose()
    {
        _either?.Dispose();
        _due?.Dispose();
    }

    private void Set(TimeSpan delay)
    {
        if (_time is null)
            return;
        Dispose();
        _due = new CancellationTokenSource(delay, _time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_due.Token, _stop);
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Berth.ApiServer.Watch;

/// <summary>
/// One watcher's place at a <see cref="WatchCache"/>: what it has missed since the revision from which it goes on, then
/// what happens. The cache's loop writes, one reader reads.
/// </summary>
public sealed class CacheWatcher : IDisposable
{
    // Some seconds of a busy kind. A reader that is this far behind is cut off; it comes again from where it stopped.
    private const int BacklogMax = 4096;

    private readonly WatchCache _cache;
    private readonly Channel<CacheEvent> _events =
        Channel.CreateBounded<CacheEvent>(new BoundedChannelOptions(BacklogMax) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.Wait });

    internal CacheWatcher(WatchCache cache, Selection selection, IReadOnlyList<CacheEvent> missed, CacheSnapshot snapshot)
    {
        _cache = cache;
        Selection = selection;
        Missed = missed;
        Snapshot = snapshot;
    }

    public Selection Selection { get; }

    /// <summary>To be seen, through <see cref="Selection.See"/>, before anything is read.</summary>
    public IReadOnlyList<CacheEvent> Missed { get; }

    /// <summary>The objects at the moment from which <see cref="TryRead"/> goes on.</summary>
    public CacheSnapshot Snapshot { get; }

    /// <summary>True when the watcher fell too far behind, or the cache ends: nothing comes after what can still be read.</summary>
    public bool IsCutOff { get; private set; }

    public bool TryRead([MaybeNullWhen(false)] out CacheEvent next) => _events.Reader.TryRead(out next);

    /// <summary>False when nothing will come any more.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _events.Reader.WaitToReadAsync(cancellation);

    public void Dispose()
    {
        _cache.Detach(this);
        CutOff();
    }

    internal void Offer(CacheEvent change)
    {
        if (IsCutOff || Selection.See(change) is not { } seen)
            return;
        if (seen.Type != change.Type || seen.Object != change.Object)
            change = change with { Type = seen.Type, Object = seen.Object };
        if (!_events.Writer.TryWrite(change))
            CutOff();
    }

    internal void CutOff()
    {
        IsCutOff = true;
        _events.Writer.TryComplete();
    }
}

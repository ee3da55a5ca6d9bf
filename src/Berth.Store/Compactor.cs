namespace Berth.Store;

/// <summary>
/// Lets a store forget what is older than a while. It notes the store's revision once in a while and, when a note is old
/// enough, compacts to it. After a restart it begins to note anew, so history is then kept a little longer. One owner
/// runs it per store.
/// </summary>
public sealed class Compactor(IStore store, TimeProvider time, CompactorOptions? options = null)
{
    private readonly CompactorOptions _options = options ?? new CompactorOptions();
    private readonly Queue<(long Noted, Revision Revision)> _notes = [];

    /// <summary>Compacts until cancelled. A failure is reported and tried again at the next note.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(_options.Interval, time);
        try
        {
            do
            {
                await NoteAndCompactAsync(cancellation).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    /// <summary>One turn: what the timer does.</summary>
    internal async ValueTask NoteAndCompactAsync(CancellationToken cancellation)
    {
        _notes.Enqueue((time.GetTimestamp(), store.Current));
        while (_notes.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Noted) >= _options.Retention)
        {
            // The newest note that is old enough says it all.
            _notes.Dequeue();
            if (_notes.TryPeek(out var next) && time.GetElapsedTime(next.Noted) >= _options.Retention) continue;
            try
            {
                if (oldest.Revision > store.Floor) await store.CompactAsync(oldest.Revision, cancellation).ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                _options.Failed?.Invoke(e);
            }
        }
    }
}

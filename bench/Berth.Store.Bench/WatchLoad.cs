namespace Berth.Store.Bench;

/// <summary>Watchers as an API server has them: one of what is written, the others of kinds that do not change.</summary>
internal sealed class WatchLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task[] _watches = [];

    public static Task<WatchLoad> StartAsync(IStore store, int watchers)
    {
        var load = new WatchLoad();
        var after = store.Current;
        load._watches = [.. Enumerable.Range(0, watchers).Select(
            i => Task.Run(() => WatchAsync(store, i == 0 ? "/registry/pods/" : $"/registry/kind-{i}/", after, load._stop.Token)))];
        return Task.FromResult(load);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watches);
        _stop.Dispose();
    }

    private static async Task WatchAsync(IStore store, string prefix, Revision after, CancellationToken stop)
    {
        try
        {
            await foreach (var batch in store.WatchAsync(prefix, after, stop)) after = batch.Through;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }
}

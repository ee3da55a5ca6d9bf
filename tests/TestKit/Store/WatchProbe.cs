using Berth.Store;
using Xunit;

namespace Berth.TestKit.Store;

/// <summary>A running watch whose events a test waits for, with a deadline.</summary>
public sealed class WatchProbe : IAsyncDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly IAsyncEnumerator<WatchBatch> _batches;
    private Task<bool>? _pending;

    public WatchProbe(IStore store, string prefix, Revision after) =>
        _batches = store.WatchAsync(prefix, after, _stop.Token).GetAsyncEnumerator(_stop.Token);

    public List<StoreEvent> Events { get; } = [];

    public List<WatchBatch> Batches { get; } = [];

    public Revision Through => Batches.Count == 0 ? Revision.None : Batches[^1].Through;

    /// <summary>Takes batches until the condition holds.</summary>
    public async Task UntilAsync(Func<bool> condition, string expected)
    {
        while (!condition())
        {
            _pending ??= _batches.MoveNextAsync().AsTask();
            if (await Task.WhenAny(_pending, Task.Delay(_deadline, TestContext.Current.CancellationToken)) != _pending)
                Assert.Fail($"waited {_deadline} for {expected}; there were {Events.Count} events through {Through}");
            Assert.True(await _pending, $"the watch ended before {expected}");
            _pending = null;
            Batches.Add(_batches.Current);
            Events.AddRange(_batches.Current.Events);
        }
    }

    public Task UntilThroughAsync(Revision revision) => UntilAsync(() => Through >= revision, $"revision {revision}");

    /// <summary>Takes batches until the watch throws, and returns what it threw.</summary>
    public async Task<TException> UntilThrownAsync<TException>()
        where TException : Exception =>
        await Assert.ThrowsAsync<TException>(() => UntilAsync(() => false, typeof(TException).Name));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            if (_pending is not null) await _pending;
        }
        catch (Exception e) when (e is OperationCanceledException or StoreException)
        {
        }

        await _batches.DisposeAsync();
        _stop.Dispose();
    }
}

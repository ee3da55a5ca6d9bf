using Berth.Store.Memory;

namespace Berth.Store.Tests;

public sealed class CompactorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Compactor_TimePasses_KeepsTheRetentionAndNoMore()
    {
        await using var store = new MemoryStore();
        var time = new StoppedTime();
        var compactor = new Compactor(store, time);
        for (var minute = 0; minute < 20; minute++)
        {
            await compactor.NoteAndCompactAsync(Cancellation);

            // At minute m the store was at revision m.
            Assert.Equal(Math.Max(0, minute - 5), store.Floor.Value);
            await store.CommitAsync(StoreTransaction.Put("/a", default), Cancellation);
            time.Now += TimeSpan.FromMinutes(1);
        }
    }

    [Fact]
    public async Task Compactor_LateByHours_CompactsToTheNewestNoteThatIsOldEnough()
    {
        await using var store = new MemoryStore();
        var time = new StoppedTime();
        var compactor = new Compactor(store, time);
        for (var i = 0; i < 3; i++)
        {
            await store.CommitAsync(StoreTransaction.Put("/a", default), Cancellation);
            await compactor.NoteAndCompactAsync(Cancellation);
        }

        time.Now += TimeSpan.FromHours(3);
        await store.CommitAsync(StoreTransaction.Put("/a", default), Cancellation);
        await compactor.NoteAndCompactAsync(Cancellation);
        Assert.Equal(3, store.Floor.Value);
    }

    [Fact]
    public async Task Compactor_StoreFails_ReportsAndTriesAgain()
    {
        var store = new MemoryStore();
        var failures = new List<StoreException>();
        var time = new StoppedTime();
        var compactor = new Compactor(store, time, new CompactorOptions { Failed = failures.Add });
        await store.CommitAsync(StoreTransaction.Put("/a", default), Cancellation);
        await store.DisposeAsync();
        for (var minute = 0; minute < 7; minute++)
        {
            await compactor.NoteAndCompactAsync(Cancellation);
            time.Now += TimeSpan.FromMinutes(1);
        }

        Assert.Equal(2, failures.Count);
        Assert.All(failures, failure => Assert.IsType<StoreUnavailableException>(failure));
    }

    [Fact]
    public async Task Compactor_Running_CompactsUntilCancelled()
    {
        await using var store = new MemoryStore();
        for (var i = 0; i < 3; i++) await store.CommitAsync(StoreTransaction.Put("/a", default), Cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var options = new CompactorOptions { Retention = TimeSpan.FromMilliseconds(1), Interval = TimeSpan.FromMilliseconds(1) };
        var running = new Compactor(store, TimeProvider.System, options).RunAsync(stop.Token);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (store.Floor != store.Current && !deadline.IsCancellationRequested) await Task.Yield();
        Assert.Equal(3, store.Floor.Value);
        await stop.CancelAsync();
        await running;
    }

    private sealed class StoppedTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}

using Berth.Store;
using Xunit;

namespace Berth.TestKit.Store;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Watch_FromThePast_ReplaysThenFollows()
    {
        await using var store = Create();
        await PutAsync(store, "/w/a", "1");
        await PutAsync(store, "/x", "1");
        await PutAsync(store, "/w/a", "2");
        await using var watch = new WatchProbe(store, "/w/", new Revision(1));
        await watch.UntilThroughAsync(new Revision(3));
        await DeleteAsync(store, "/w/a");
        await PutAsync(store, "/w/a", "3");
        await watch.UntilThroughAsync(new Revision(5));
        Assert.Equal(["3 Put /w/a=2 was 1", "4 Delete /w/a= was 2", "5 Put /w/a=3"], watch.Events.Select(Text));
        Assert.Equal([1, 1, 5], watch.Events.Select(change => change.CreateRevision.Value));
    }

    [Fact]
    public async Task Watch_LiveAndReplayed_TellTheSame()
    {
        await using var store = Create();
        await using var live = new WatchProbe(store, "/", Revision.None);
        await PutAsync(store, "/a", "1");
        await live.UntilThroughAsync(new Revision(1));
        await CommitAsync(store, StoreOperation.Put("/a", Bytes("2")), StoreOperation.Put("/b", default), StoreOperation.Delete("/c"));
        await DeleteAsync(store, "/b");
        await CommitAsync(store, StoreOperation.Delete("/a"), StoreOperation.Put("/b", Bytes("3")));
        await live.UntilThroughAsync(new Revision(4));
        await using var replayed = new WatchProbe(store, "/", Revision.None);
        await replayed.UntilThroughAsync(new Revision(4));
        Assert.Equal(6, live.Events.Count);
        Assert.Equal(live.Events.Select(Text), replayed.Events.Select(Text));
        Assert.Equal(live.Events.Select(change => change.CreateRevision), replayed.Events.Select(change => change.CreateRevision));
    }

    [Fact]
    public async Task Watch_OnlyOthersChange_LearnsThatTimeWentOn()
    {
        await using var store = Create();
        await using var watch = new WatchProbe(store, "/w/", Revision.None);
        await PutAsync(store, "/w/a", "1");
        await watch.UntilThroughAsync(new Revision(1));
        await PutAsync(store, "/x", "1");
        await watch.UntilThroughAsync(new Revision(2));
        await PutAsync(store, "/x", "2");
        await watch.UntilThroughAsync(new Revision(3));
        Assert.Single(watch.Events);
    }

    [Fact]
    public async Task Watch_FutureRevision_WaitsForIt()
    {
        await using var store = Create();
        await using var watch = new WatchProbe(store, "/", new Revision(2));
        var next = watch.UntilThroughAsync(new Revision(3));
        await PutAsync(store, "/a", "1");
        await PutAsync(store, "/a", "2");
        await PutAsync(store, "/a", "3");
        await next;
        Assert.Equal(["3 Put /a=3 was 2"], watch.Events.Select(Text));
    }

    [Fact]
    public async Task Watch_CompactedStart_IsRefused()
    {
        await using var store = Create();
        for (var i = 0; i < 3; i++) await PutAsync(store, "/a", "1");
        await store.CompactAsync(new Revision(2), Cancellation);
        await using var watch = new WatchProbe(store, "/", new Revision(1));
        var refused = await watch.UntilThrownAsync<CompactedException>();
        Assert.Equal((1, 2), (refused.Requested.Value, refused.Floor.Value));
    }

    [Fact]
    public async Task Watch_LiveWhileCompacted_GoesOn()
    {
        await using var store = Create();
        await PutAsync(store, "/a", "1");
        await using var watch = new WatchProbe(store, "/", Revision.None);
        await watch.UntilThroughAsync(new Revision(1));
        await PutAsync(store, "/a", "2");
        await watch.UntilThroughAsync(new Revision(2));
        await store.CompactAsync(new Revision(2), Cancellation);
        await PutAsync(store, "/a", "3");
        await watch.UntilThroughAsync(new Revision(3));
        Assert.Equal(3, watch.Events.Count);
    }

    [Fact]
    public async Task Watch_SlowerThanItsBacklog_MissesNothing()
    {
        await using var store = Create();
        await using var watch = new WatchProbe(store, "/", Revision.None);
        await PutAsync(store, "/a", "1");
        await watch.UntilThroughAsync(new Revision(1));
        var last = await OverflowAsync(store);
        await watch.UntilThroughAsync(last);
        AssertContinuous(watch, last);
        await PutAsync(store, "/a", "1");
        await watch.UntilThroughAsync(last.Next);
        AssertContinuous(watch, last.Next);
    }

    [Fact]
    public async Task Watch_SlowerThanItsBacklogAndCompacted_IsTold()
    {
        await using var store = Create();
        await using var watch = new WatchProbe(store, "/", Revision.None);
        await PutAsync(store, "/a", "1");
        await watch.UntilThroughAsync(new Revision(1));

        // The live watch is asked for its next batch once, so that what overflows is its backlog.
        await PutAsync(store, "/a", "1");
        await watch.UntilThroughAsync(new Revision(2));
        var last = await OverflowAsync(store);
        await store.CompactAsync(last, Cancellation);
        var told = await watch.UntilThrownAsync<CompactedException>();
        Assert.Equal(last, told.Floor);
    }

    [Fact]
    public async Task Watch_ManyAtOnceUnderLoad_EachSeesEveryChangeOnceInOrder()
    {
        await using var store = Create();
        const int Writers = 8;
        const int Each = 100;
        var last = new Revision(Writers * Each);
        var writing = Enumerable.Range(0, Writers).Select(w => Task.Run(
            async () =>
            {
                for (var i = 0; i < Each; i++) await PutAsync(store, $"/{w}/{i % 7}", $"{i}");
            },
            Cancellation)).ToList();
        var watching = Enumerable.Range(0, 16).Select(n => Task.Run(
            async () =>
            {
                var prefix = n % 2 == 0 ? "/" : $"/{n % Writers}/";
                await using var watch = new WatchProbe(store, prefix, Revision.None);
                await watch.UntilThroughAsync(last);
                Assert.Equal(n % 2 == 0 ? Writers * Each : Each, watch.Events.Count);
                Assert.Equal(watch.Events.Select(change => change.Revision).Distinct().Order(), watch.Events.Select(change => change.Revision));
            },
            Cancellation)).ToList();
        await Task.WhenAll(writing);
        await Task.WhenAll(watching);
    }

    [Fact]
    public async Task Watch_Cancelled_Ends()
    {
        await using var store = Create();
        using var stop = new CancellationTokenSource();
        await using var batches = store.WatchAsync("/", Revision.None, stop.Token).GetAsyncEnumerator(stop.Token);
        var next = batches.MoveNextAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.AsTask());
    }

    private static async Task<Revision> OverflowAsync(IStore store)
    {
        for (var left = StoreLimits.WatchBacklogEvents + 1; left > 0; left -= 1000)
            await CommitAsync(store, [.. Enumerable.Range(0, Math.Min(1000, left)).Select(i => StoreOperation.Put($"/k{i}", Bytes("v")))]);
        return store.Current;
    }

    private static void AssertContinuous(WatchProbe watch, Revision last)
    {
        var revisions = watch.Events.Select(change => change.Revision.Value).ToList();
        Assert.Equal(revisions.Order(), revisions);
        Assert.Equal(Enumerable.Range(1, (int)last.Value).Select(i => (long)i), revisions.Distinct());
        Assert.Equal(watch.Events.Count, watch.Events.Select(change => (change.Revision, change.Key)).Distinct().Count());
    }
}

using System.Text;
using Berth.Store;
using Xunit;

namespace Berth.TestKit.Store;

/// <summary>What every <see cref="IStore"/> must do. A subclass says how one is made.</summary>
public abstract partial class StoreContract
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>An empty store; the test disposes of it.</summary>
    protected abstract IStore Create();

    [Fact]
    public async Task Store_New_IsEmptyAtRevisionNone()
    {
        await using var store = Create();
        Assert.Equal(Revision.None, store.Current);
        Assert.Equal(Revision.None, store.Floor);
        Assert.Null(await store.GetAsync("/a", null, Cancellation));
        Assert.Null(await store.GetAsync("/a", Revision.None, Cancellation));
        var page = await store.ListAsync("", cancellation: Cancellation);
        Assert.Empty(page.Entries);
        Assert.Equal(Revision.None, page.Revision);
        Assert.False(page.More);
    }

    [Fact]
    public async Task Put_NewAndExistingKey_KeepsCreateRevision()
    {
        await using var store = Create();
        Assert.Equal(1, await PutAsync(store, "/a", "1"));
        Assert.Equal(2, await PutAsync(store, "/b", "1"));
        Assert.Equal(3, await PutAsync(store, "/a", "2"));
        Assert.Equal("/a=2 created 1 modified 3", Text(await store.GetAsync("/a", null, Cancellation)));
        Assert.Equal(3, store.Current.Value);
    }

    [Fact]
    public async Task Put_AfterDelete_IsACreation()
    {
        await using var store = Create();
        await PutAsync(store, "/a", "1");
        Assert.Equal(2, await DeleteAsync(store, "/a"));
        Assert.Null(await store.GetAsync("/a", null, Cancellation));
        await PutAsync(store, "/a", "2");
        Assert.Equal("/a=2 created 3 modified 3", Text(await store.GetAsync("/a", null, Cancellation)));
    }

    [Fact]
    public async Task Put_EmptyValue_IsKept()
    {
        await using var store = Create();
        await PutAsync(store, "/a", "");
        await PutAsync(store, "/a", "");
        Assert.Equal("/a= created 1 modified 2", Text(await store.GetAsync("/a", null, Cancellation)));
        await using var watch = new WatchProbe(store, "", Revision.None);
        await watch.UntilThroughAsync(new Revision(2));
        Assert.Equal(["1 Put /a=", "2 Put /a= was "], watch.Events.Select(Text));
    }

    [Fact]
    public async Task Delete_MissingKey_UsesNoRevision()
    {
        await using var store = Create();
        await PutAsync(store, "/a", "1");
        Assert.Equal(1, await DeleteAsync(store, "/b"));
        Assert.Equal(1, await DeleteAsync(store, "/b", Revision.None));
        Assert.Equal(2, await PutAsync(store, "/a", "2"));
    }

    [Fact]
    public async Task Commit_ConditionHolds_Commits()
    {
        await using var store = Create();
        Assert.Equal(1, await PutAsync(store, "/a", "1", Revision.None));
        Assert.Equal(2, await PutAsync(store, "/a", "2", new Revision(1)));
        Assert.Equal(3, await DeleteAsync(store, "/a", new Revision(2)));
        Assert.Equal(4, await PutAsync(store, "/a", "3", Revision.None));
    }

    [Fact]
    public async Task Commit_ConditionFails_ReportsKeyAndItsState()
    {
        await using var store = Create();
        await PutAsync(store, "/a", "1");
        await PutAsync(store, "/a", "2");
        Assert.Equal("/a: /a=2 created 1 modified 2", await ConflictAsync(store, StoreOperation.Put("/a", default, Revision.None)));
        Assert.Equal("/a: /a=2 created 1 modified 2", await ConflictAsync(store, StoreOperation.Put("/a", default, new Revision(1))));
        Assert.Equal("/a: /a=2 created 1 modified 2", await ConflictAsync(store, StoreOperation.Delete("/a", new Revision(1))));
        Assert.Equal("/b: none", await ConflictAsync(store, StoreOperation.Put("/b", default, new Revision(1))));
        Assert.Equal("/b: none", await ConflictAsync(store, StoreOperation.Delete("/b", new Revision(1))));
        Assert.Equal(2, store.Current.Value);
    }

    [Fact]
    public async Task Commit_SeveralOperations_HappenAtOneRevisionOrNotAtAll()
    {
        await using var store = Create();
        await PutAsync(store, "/a", "1");
        Assert.Equal("/c: none", await ConflictAsync(
            store, StoreOperation.Put("/a", default), StoreOperation.Put("/b", default), StoreOperation.Delete("/c", new Revision(9))));
        Assert.Null(await store.GetAsync("/b", null, Cancellation));

        await CommitAsync(store, StoreOperation.Delete("/a"), StoreOperation.Put("/c", Bytes("3")), StoreOperation.Put("/b", Bytes("2")));
        Assert.Equal(2, store.Current.Value);
        Assert.Equal(
            ["/b=2 created 2 modified 2", "/c=3 created 2 modified 2"],
            (await store.ListAsync("/", cancellation: Cancellation)).Entries.Select(Text));
        await using var watch = new WatchProbe(store, "/", new Revision(1));
        await watch.UntilThroughAsync(new Revision(2));
        Assert.Equal(["2 Delete /a= was 1", "2 Put /c=3", "2 Put /b=2"], watch.Events.Select(Text));
    }

    [Fact]
    public async Task Commit_ManyWritersOfOneKey_CountsEveryOne()
    {
        await using var store = Create();
        await PutAsync(store, "/counter", "0");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(IncrementAsync, Cancellation)));
        Assert.Equal("/counter=200 created 1 modified 201", Text(await store.GetAsync("/counter", null, Cancellation)));

        async Task IncrementAsync()
        {
            for (var done = 0; done < 25;)
            {
                var entry = (await store.GetAsync("/counter", null, Cancellation))!;
                var next = int.Parse(Encoding.UTF8.GetString(entry.Value.Span)) + 1;
                var outcome = await store.CommitAsync(
                    StoreTransaction.Put("/counter", Bytes($"{next}"), entry.ModRevision), Cancellation);
                if (outcome is StoreOutcome.Committed) done++;
            }
        }
    }

    [Fact]
    public async Task Commit_Concurrent_GivesEachTransactionItsOwnRevision()
    {
        await using var store = Create();
        var revisions = await Task.WhenAll(Enumerable.Range(0, 500).Select(
            i => Task.Run(() => PutAsync(store, $"/k{i}", "v"), Cancellation)));
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), revisions.Order());
    }

    [Fact]
    public async Task Commit_TooLarge_IsRefused()
    {
        await using var store = Create();
        var large = new byte[StoreLimits.ValueBytes + 1];
        var refused = Assert.Throws<ValueTooLargeException>(() => StoreTransaction.Put("/a", large));
        Assert.Equal(("/a", large.Length), (refused.Key, refused.Bytes));
        await CommitAsync(store, StoreOperation.Put("/a", large.AsMemory(1)));
        Assert.Equal(large.Length - 1, (await store.GetAsync("/a", null, Cancellation))!.Value.Length);
        Assert.Throws<ValueTooLargeException>(() => new StoreTransaction(
            [.. Enumerable.Range(0, 9).Select(i => StoreOperation.Put($"/{i}", large.AsMemory(1)))]));
    }

    [Fact]
    public void Key_Invalid_IsRefused()
    {
        string[] invalid = ["", "/a\0b", "/" + (char)0xD800, "/" + (char)0xDC00 + "a", "/" + new string('a', StoreLimits.KeyBytes)];
        Assert.All(invalid, key => Assert.ThrowsAny<ArgumentException>(() => StoreOperation.Delete(key)));
        Assert.Equal("/é", StoreOperation.Delete("/é").Key);
    }

    [Fact]
    public void Transaction_NamesAKeyTwice_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new StoreTransaction(StoreOperation.Delete("/a"), StoreOperation.Put("/a", default)));

    [Fact]
    public async Task Store_Closed_SaysSo()
    {
        var store = Create();
        await using var watch = new WatchProbe(store, "", Revision.None);
        await PutAsync(store, "/a", "1");
        await watch.UntilThroughAsync(new Revision(1));
        await store.DisposeAsync();
        await store.DisposeAsync();
        await watch.UntilThrownAsync<StoreUnavailableException>();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync(store, "/a", "1"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.GetAsync("/a", null, Cancellation).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ListAsync("/a", cancellation: Cancellation).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CompactAsync(Revision.None, Cancellation).AsTask());
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static Task<long> PutAsync(IStore store, string key, string value, Revision? expected = null) =>
        CommitAsync(store, StoreOperation.Put(key, Bytes(value), expected));

    protected static Task<long> DeleteAsync(IStore store, string key, Revision? expected = null) =>
        CommitAsync(store, StoreOperation.Delete(key, expected));

    protected static async Task<long> CommitAsync(IStore store, params StoreOperation[] operations) =>
        Assert.IsType<StoreOutcome.Committed>(await store.CommitAsync(new StoreTransaction(operations), Cancellation)).Revision.Value;

    protected static string Text(StoreEntry? entry) => entry is null
        ? "none"
        : $"{entry.Key}={Encoding.UTF8.GetString(entry.Value.Span)} created {entry.CreateRevision} modified {entry.ModRevision}";

    protected static string Text(StoreEvent change) =>
        $"{change.Revision} {change.Type} {change.Key}={Encoding.UTF8.GetString(change.Value.Span)}" +
        (change.PreviousValue is { } previous ? $" was {Encoding.UTF8.GetString(previous.Span)}" : "");

    private static async Task<string> ConflictAsync(IStore store, params StoreOperation[] operations)
    {
        var outcome = await store.CommitAsync(new StoreTransaction(operations), Cancellation);
        var conflict = Assert.IsType<StoreOutcome.Conflict>(outcome);
        return $"{conflict.Key}: {Text(conflict.Current)}";
    }
}

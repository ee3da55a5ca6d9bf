using Berth.Store;
using Xunit;

namespace Berth.TestKit.Store;

public abstract partial class StoreContract
{
    [Fact]
    public async Task List_Prefix_IsInUtf8OrderAndExact()
    {
        await using var store = Create();
        string[] keys = ["/a", "/a/", "/a/b", "/a/b/c", "/a-b", "/a0", "/b", "/a/\ue000", "/a/\U0001F600", "/a/\ud7ff", "/a/B"];
        foreach (var key in keys) await PutAsync(store, key, "v");
        Assert.Equal(["/a/", "/a/B", "/a/b", "/a/b/c", "/a/\ud7ff", "/a/\ue000", "/a/\U0001F600"], await KeysAsync("/a/"));
        Assert.Equal(["/a", "/a-b", "/a/"], (await KeysAsync("/a"))[..3]);
        Assert.Equal(["/a/\ud7ff"], await KeysAsync("/a/\ud7ff"));
        Assert.Equal(keys.Length, (await KeysAsync("")).Length);
        Assert.Empty(await KeysAsync("/c"));
        Assert.Empty(await KeysAsync("\U0010FFFF"));

        async Task<string[]> KeysAsync(string prefix) =>
            [.. (await store.ListAsync(prefix, cancellation: Cancellation)).Entries.Select(entry => entry.Key)];
    }

    [Fact]
    public async Task List_InPages_ContinuesAtTheFirstPagesRevision()
    {
        await using var store = Create();
        for (var i = 0; i < 7; i++) await PutAsync(store, $"/p/{i}", "old");
        await PutAsync(store, "/q", "other");
        var first = await store.ListAsync("/p/", limit: 3, cancellation: Cancellation);
        Assert.Equal((8, true, 4L), (first.Revision.Value, first.More, first.Remaining));

        await DeleteAsync(store, "/p/3");
        await PutAsync(store, "/p/4", "new");
        await PutAsync(store, "/p/45", "new");
        var second = await store.ListAsync("/p/", first.Entries[^1].Key, 3, first.Revision, Cancellation);
        Assert.Equal((8, true, 1L), (second.Revision.Value, second.More, second.Remaining));
        var third = await store.ListAsync("/p/", second.Entries[^1].Key, 3, first.Revision, Cancellation);
        Assert.Equal((8, false, 0L), (third.Revision.Value, third.More, third.Remaining));
        Assert.Equal(
            Enumerable.Range(0, 7).Select(i => $"/p/{i}=old created {i + 1} modified {i + 1}"),
            first.Entries.Concat(second.Entries).Concat(third.Entries).Select(Text));

        var exact = await store.ListAsync("/p/", limit: 7, cancellation: Cancellation);
        Assert.Equal((7, false, 0L), (exact.Entries.Count, exact.More, exact.Remaining));
        var before = await store.ListAsync("/p/", "/a", 1, cancellation: Cancellation);
        Assert.Equal("/p/0", before.Entries[0].Key);
        Assert.Empty((await store.ListAsync("/p/", "/p0", cancellation: Cancellation)).Entries);
    }

    [Fact]
    public async Task Get_AtPastRevisions_SeesThem()
    {
        await using var store = Create();
        await PutAsync(store, "/a", "1");
        await PutAsync(store, "/b", "x");
        await PutAsync(store, "/a", "2");
        await DeleteAsync(store, "/a");
        await PutAsync(store, "/a", "3");
        string[] expected =
        [
            "none", "/a=1 created 1 modified 1", "/a=1 created 1 modified 1", "/a=2 created 1 modified 3", "none", "/a=3 created 5 modified 5",
        ];
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], Text(await store.GetAsync("/a", new Revision(i), Cancellation)));
    }

    [Fact]
    public async Task Read_FutureRevision_IsRefused()
    {
        await using var store = Create();
        await PutAsync(store, "/a", "1");
        var refused = await Assert.ThrowsAsync<FutureRevisionException>(() => store.GetAsync("/a", new Revision(2), Cancellation).AsTask());
        Assert.Equal((2, 1), (refused.Requested.Value, refused.Current.Value));
        await Assert.ThrowsAsync<FutureRevisionException>(
            () => store.ListAsync("/", at: new Revision(2), cancellation: Cancellation).AsTask());
        await Assert.ThrowsAsync<FutureRevisionException>(() => store.CompactAsync(new Revision(2), Cancellation).AsTask());
    }

    [Fact]
    public async Task Compact_KeepsTheFloorAndRefusesWhatIsOlder()
    {
        await using var store = Create();
        await PutAsync(store, "/a", "1");
        await PutAsync(store, "/b", "1");
        await PutAsync(store, "/a", "2");
        await DeleteAsync(store, "/b");
        await PutAsync(store, "/a", "3");
        await store.CompactAsync(new Revision(4), Cancellation);
        await store.CompactAsync(new Revision(2), Cancellation);
        Assert.Equal(4, store.Floor.Value);
        Assert.Equal(5, store.Current.Value);

        var refused = await Assert.ThrowsAsync<CompactedException>(() => store.GetAsync("/a", new Revision(3), Cancellation).AsTask());
        Assert.Equal((3, 4), (refused.Requested.Value, refused.Floor.Value));
        await Assert.ThrowsAsync<CompactedException>(() => store.ListAsync("/", at: new Revision(3), cancellation: Cancellation).AsTask());
        Assert.Equal("/a=2 created 1 modified 3", Text(await store.GetAsync("/a", new Revision(4), Cancellation)));
        Assert.Equal("none", Text(await store.GetAsync("/b", new Revision(4), Cancellation)));
        Assert.Single((await store.ListAsync("/", at: new Revision(4), cancellation: Cancellation)).Entries);
        Assert.Equal("/a=3 created 1 modified 5", Text(await store.GetAsync("/a", null, Cancellation)));

        await using var watch = new WatchProbe(store, "/", new Revision(4));
        await watch.UntilThroughAsync(new Revision(5));
        Assert.Equal(["5 Put /a=3 was 2"], watch.Events.Select(Text));
    }

    [Fact]
    public async Task Compact_Everything_KeepsRevisionAndCurrentValues()
    {
        await using var store = Create();
        for (var i = 0; i < 20; i++) await PutAsync(store, $"/{i % 3}", $"{i}");
        await DeleteAsync(store, "/0");
        await store.CompactAsync(store.Current, Cancellation);
        Assert.Equal((21, 21), (store.Current.Value, store.Floor.Value));
        Assert.Equal(
            ["/1=19 created 2 modified 20", "/2=17 created 3 modified 18"],
            (await store.ListAsync("/", at: store.Current, cancellation: Cancellation)).Entries.Select(Text));
        Assert.Equal(22, await PutAsync(store, "/0", "again", Revision.None));
        Assert.Equal("/0=again created 22 modified 22", Text(await store.GetAsync("/0", new Revision(22), Cancellation)));
    }

    [Fact]
    public async Task Compact_ManyRevisions_RemovesAllThatIsOld()
    {
        await using var store = Create();
        for (var i = 0; i < 60; i++)
            await Task.WhenAll(Enumerable.Range(0, 100).Select(k => PutAsync(store, $"/{k}", $"{i}")));
        await store.CompactAsync(new Revision(5950), Cancellation);
        Assert.Equal(100, (await store.ListAsync("/", at: new Revision(5950), cancellation: Cancellation)).Entries.Count);
        await using var watch = new WatchProbe(store, "/", new Revision(5950));
        await watch.UntilThroughAsync(new Revision(6000));
        Assert.Equal(50, watch.Events.Count);
        Assert.All(watch.Events, change => Assert.Equal(Bytes("58"), change.PreviousValue!.Value.ToArray()));
    }
}

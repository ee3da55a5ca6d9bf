using System.Globalization;
using Berth.Store;
using Xunit;

namespace Berth.TestKit.Store;

public abstract partial class StoreContract
{
    private const int Steps = 400;

    /// <summary>A failure names its seed; <c>BERTH_SEED</c> brings the same run back.</summary>
    [Fact]
    public async Task Store_RandomOperations_BehavesLikeTheModel()
    {
        var given = Environment.GetEnvironmentVariable("BERTH_SEED");
        var first = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        for (var seed = first; seed < first + (given is null ? 8 : 1); seed++)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"BERTH_SEED={seed}");
            try
            {
                await RunAsync(new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"with BERTH_SEED={seed}: {e.Message}", e);
            }
        }
    }

    private async Task RunAsync(Random random)
    {
        await using var store = Create();
        var model = new StoreModel();
        var probes = new List<(WatchProbe Probe, string Prefix, Revision After)>();
        try
        {
            for (var step = 0; step < Steps; step++)
            {
                switch (random.Next(10))
                {
                    case < 5:
                        await CompareCommitAsync(store, model, RandomTransaction(random, model));
                        break;
                    case 5:
                        await CompareGetAsync(store, model, RandomKey(random), RandomRevision(random, model));
                        break;
                    case < 8:
                        await CompareListAsync(store, model, random);
                        break;
                    case 8:
                        var after = RandomRevision(random, model) ?? model.Current;
                        var prefix = RandomPrefix(random);
                        if (after >= model.Floor) probes.Add((new WatchProbe(store, prefix, after), prefix, after));
                        if (after >= model.Floor && random.Next(2) == 0) await probes[^1].Probe.UntilAsync(() => probes[^1].Probe.Through >= model.Current || after == model.Current, "the present");
                        break;
                    default:
                        if (random.Next(8) != 0) break;
                        var floor = new Revision(random.NextInt64(model.Floor.Value, model.Current.Value + 1));
                        await store.CompactAsync(floor, Cancellation);
                        model.Floor = floor;
                        break;
                }

                Assert.Equal(model.Current, store.Current);
                Assert.Equal(model.Floor, store.Floor);
            }

            await CompareCommitAsync(store, model, StoreTransaction.Put("/last", Bytes("last")));
            foreach (var (probe, prefix, after) in probes) await CompareWatchAsync(model, probe, prefix, after);
        }
        finally
        {
            foreach (var (probe, _, _) in probes) await probe.DisposeAsync();
        }
    }

    private static async Task CompareCommitAsync(IStore store, StoreModel model, StoreTransaction transaction)
    {
        var expected = model.Commit(transaction);
        var actual = await store.CommitAsync(transaction, Cancellation);
        Assert.Equal(Text(expected), Text(actual));

        static string Text(StoreOutcome outcome) => outcome switch
        {
            StoreOutcome.Committed committed => $"committed {committed.Revision}",
            StoreOutcome.Conflict conflict => $"conflict {conflict.Key}: {StoreContract.Text(conflict.Current)}",
            _ => throw new InvalidOperationException("outcomes are closed"),
        };
    }

    private static async Task CompareGetAsync(IStore store, StoreModel model, string key, Revision? at)
    {
        if (at < model.Floor)
            await Assert.ThrowsAsync<CompactedException>(() => store.GetAsync(key, at, Cancellation).AsTask());
        else
            Assert.Equal(Text(model.Get(key, at ?? model.Current)), Text(await store.GetAsync(key, at, Cancellation)));
    }

    private static async Task CompareListAsync(IStore store, StoreModel model, Random random)
    {
        var prefix = RandomPrefix(random);
        var startAfter = random.Next(2) == 0 ? null : RandomKey(random);
        var limit = random.Next(5);
        var at = RandomRevision(random, model);
        if (at < model.Floor)
        {
            await Assert.ThrowsAsync<CompactedException>(() => store.ListAsync(prefix, startAfter, limit, at, Cancellation).AsTask());
            return;
        }

        var expected = model.List(prefix, startAfter, limit, at ?? model.Current);
        var actual = await store.ListAsync(prefix, startAfter, limit, at, Cancellation);
        Assert.Equal(expected.Entries.Select(Text), actual.Entries.Select(Text));
        Assert.Equal((expected.Revision, expected.More, expected.Remaining), (actual.Revision, actual.More, actual.Remaining));
    }

    // A watch may have been told that compaction overtook it; what it saw before that must still be right.
    private static async Task CompareWatchAsync(StoreModel model, WatchProbe probe, string prefix, Revision after)
    {
        var told = false;
        try
        {
            await probe.UntilThroughAsync(model.Current);
        }
        catch (CompactedException e)
        {
            told = true;
            Assert.True((probe.Batches.Count == 0 ? after : probe.Through) < model.Floor, e.Message);
        }

        var expected = model.Events
            .Where(change => change.Revision > after && change.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Where(change => !told || change.Revision <= probe.Through);
        Assert.Equal(expected.Select(Text), probe.Events.Select(Text));
        foreach (var batch in probe.Batches) Assert.All(batch.Events, change => Assert.True(change.Revision <= batch.Through));
        Assert.Equal(probe.Batches.Select(batch => batch.Through).Order(), probe.Batches.Select(batch => batch.Through));
    }

    private static StoreTransaction RandomTransaction(Random random, StoreModel model)
    {
        var keys = Enumerable.Range(0, random.Next(4) == 0 ? random.Next(2, 6) : 1).Select(_ => RandomKey(random)).Distinct();
        return new StoreTransaction([.. keys.Select(key =>
        {
            var now = model.Get(key, model.Current)?.ModRevision ?? Revision.None;
            Revision? expected = random.Next(8) switch
            {
                < 3 => null,
                < 7 => now,
                _ => new Revision(random.NextInt64(model.Current.Value + 2)),
            };
            return random.Next(3) == 0
                ? StoreOperation.Delete(key, expected)
                : StoreOperation.Put(key, Bytes($"{random.Next(1000)}"), expected);
        })]);
    }

    private static Revision? RandomRevision(Random random, StoreModel model) =>
        random.Next(3) == 0 ? null : new Revision(random.NextInt64(Math.Max(0, model.Floor.Value - 3), model.Current.Value + 1));

    private static string RandomKey(Random random) => $"/{"ab"[random.Next(2)]}/{random.Next(8)}";

    private static string RandomPrefix(Random random) => random.Next(4) switch
    {
        0 => "",
        1 => "/a",
        2 => "/b/",
        _ => RandomKey(random),
    };
}

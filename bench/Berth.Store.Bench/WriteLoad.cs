using System.Diagnostics;

namespace Berth.Store.Bench;

/// <summary>Writers that each update keys of their own, conditional on the last revision as the API server does it.</summary>
internal sealed class WriteLoad(IStore store)
{
    private const int ValueBytes = 1024;
    private const int KeysPerWriter = 32;

    /// <summary>Acknowledged writes per second.</summary>
    public async Task<double> RunAsync(int writers, TimeSpan time)
    {
        using var stop = new CancellationTokenSource(time);
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(() => WriteAsync(w, stop.Token))));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private async Task<long> WriteAsync(int writer, CancellationToken stop)
    {
        var random = new Random(writer);
        var keys = Enumerable.Range(0, KeysPerWriter).Select(k => $"/registry/pods/namespace-{writer}/pod-{k}").ToArray();
        var revisions = new Revision[KeysPerWriter];
        for (var k = 0; k < KeysPerWriter; k++)
            revisions[k] = (await store.GetAsync(keys[k], null, CancellationToken.None))?.ModRevision ?? Revision.None;

        long written = 0;
        for (; !stop.IsCancellationRequested; written++)
        {
            var k = (int)(written % KeysPerWriter);
            var value = new byte[ValueBytes];
            random.NextBytes(value);
            var outcome = await store.CommitAsync(StoreTransaction.Put(keys[k], value, revisions[k]), CancellationToken.None);
            revisions[k] = ((StoreOutcome.Committed)outcome).Revision;
        }

        return written;
    }
}

namespace Berth.Store.CrashWriter;

/// <summary>One writer: puts, deletes and transactions over its own few keys and one that all writers fight for.</summary>
internal sealed class CrashLoad(IStore store, string prefix, Random random, CrashLog log)
{
    private const string Shared = "/shared";

    public async Task RunAsync(CancellationToken stop)
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            var keys = Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"{prefix}{random.Next(12)}").Distinct().ToList();
            if (random.Next(4) == 0) keys.Add(Shared);
            var operations = new List<StoreOperation>();
            var names = new List<string>();
            foreach (var key in keys)
            {
                var entry = await store.GetAsync(key, null, stop);
                var expected = entry?.ModRevision ?? Revision.None;
                if (entry is not null && random.Next(4) == 0)
                {
                    operations.Add(StoreOperation.Delete(key, expected));
                    names.Add($"{key}=-");
                }
                else
                {
                    var name = random.Next();
                    operations.Add(StoreOperation.Put(key, CrashValue.Make(name), expected));
                    names.Add($"{key}={name}");
                }
            }

            if (await store.CommitAsync(new StoreTransaction(operations), stop) is StoreOutcome.Committed committed)
                log.Write($"A {committed.Revision} {string.Join(' ', names)}\n");
        }
    }
}

using System.Diagnostics;

namespace Berth.Store.Bench;

internal static class Reads
{
    public static async Task<double> GetsPerSecondAsync(IStore store, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        long gets = 0;
        for (; clock.Elapsed < time; gets++)
            await store.GetAsync($"/registry/pods/namespace-{gets % 64}/pod-{gets % 32}", null, CancellationToken.None);
        return gets / clock.Elapsed.TotalSeconds;
    }

    public static async Task<double> KeysListedPerSecondAsync(IStore store, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        long keys = 0;
        while (clock.Elapsed < time)
            keys += (await store.ListAsync("/registry/pods/", limit: 500, cancellation: CancellationToken.None)).Entries.Count;
        return keys / clock.Elapsed.TotalSeconds;
    }
}

using System.Diagnostics;
using Berth.Store.Bench;
using Berth.Store.Sqlite;

// What one server's store does on this machine's disk: durable writes of 1 KiB values by 1, 64 and 512 writers, with and
// without the watchers that an API server has, and reads beside them. The first argument is a directory on the disk to
// measure; it is left as it was. Exit code 1: something missed its limit.

var parent = args is [var given, ..] ? given : Path.GetTempPath();
var directory = Path.Combine(parent, $"berth-store-bench-{Environment.ProcessId}");
Directory.CreateDirectory(directory);
try
{
    Console.WriteLine($"{"measure",-44} {"measured",14} {"limit",14}");
    var report = new Report();
    report.Note("fsync of one 4 KiB page (the disk)", Disk.FsyncSeconds(directory) * 1e6, "us");

    await using (var store = SqliteStore.Open(new SqliteStoreOptions { Directory = directory }))
    {
        var load = new WriteLoad(store);
        await load.RunAsync(64, TimeSpan.FromSeconds(1));
        report.AtLeast("durable writes, 1 writer", await load.RunAsync(1, TimeSpan.FromSeconds(3)), 150, "/s");
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        var rate = await load.RunAsync(64, TimeSpan.FromSeconds(5));
        processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
        report.AtLeast("durable writes, 64 writers", rate, 10_000, "/s");
        report.AtMost("  processor time of each", processor.TotalMicroseconds / (rate * 5), 60, "us");
        report.AtLeast("durable writes, 512 writers", await load.RunAsync(512, TimeSpan.FromSeconds(5)), 10_000, "/s");
        await using (await WatchLoad.StartAsync(store, watchers: 40))
            report.AtLeast("durable writes, 64 writers, 40 watchers", await load.RunAsync(64, TimeSpan.FromSeconds(5)), 10_000, "/s");

        report.AtLeast("gets of one key, 1 reader", await Reads.GetsPerSecondAsync(store, TimeSpan.FromSeconds(2)), 20_000, "/s");
        report.AtLeast("keys listed", await Reads.KeysListedPerSecondAsync(store, TimeSpan.FromSeconds(2)), 200_000, "/s");

        var before = store.Current.Value - store.Floor.Value;
        var clock = Stopwatch.StartNew();
        await store.CompactAsync(store.Current);
        report.AtLeast("revisions compacted", before / clock.Elapsed.TotalSeconds, 20_000, "/s");
    }

    var reopening = Stopwatch.StartNew();
    await using (SqliteStore.Open(new SqliteStoreOptions { Directory = directory }))
        report.AtMost("open, after a clean end", reopening.Elapsed.TotalMilliseconds, 500, "ms");
    return report.ExitCode;
}
finally
{
    Directory.Delete(directory, recursive: true);
}

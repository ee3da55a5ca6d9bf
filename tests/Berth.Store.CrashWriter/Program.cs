using System.Globalization;
using Berth.Store;
using Berth.Store.CrashWriter;
using Berth.Store.Sqlite;

// The process that the crash test kills: writers that say what was acknowledged and a watcher that says what it saw.
// Arguments: the store's directory, a seed, and the revision after which the watcher resumes.

if (args is not [var directory, var seedText, var afterText])
{
    Console.Error.WriteLine("usage: DIRECTORY SEED AFTER");
    return 2;
}

var random = new Random(int.Parse(seedText, CultureInfo.InvariantCulture));
var after = new Revision(long.Parse(afterText, CultureInfo.InvariantCulture));

// Should the test itself die, this must not write on for ever.
using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
await using var store = SqliteStore.Open(new SqliteStoreOptions { Directory = directory });
var log = new CrashLog(Console.OpenStandardOutput());
List<Task> work = [CrashWatcher.RunAsync(store, after, log, stop.Token)];
for (var writer = 0; writer < 8; writer++)
    work.Add(new CrashLoad(store, $"/w{writer}/", new Random(random.Next()), log).RunAsync(stop.Token));

// The watcher no longer needs what is older, so that kills also hit compaction at work.
work.Add(store.CompactAsync(after, stop.Token).AsTask());
await Task.WhenAll(work);
return 0;

using System.Text;

namespace Berth.Store.CrashWriter;

internal static class CrashWatcher
{
    public static async Task RunAsync(IStore store, Revision after, CrashLog log, CancellationToken stop)
    {
        await foreach (var batch in store.WatchAsync("", after, stop))
        {
            var lines = new StringBuilder();
            foreach (var change in batch.Events)
            {
                var value = change.Type == StoreEventType.Delete ? "-" : $"{CrashValue.Name(change.Value.Span)}";
                lines.Append($"W {change.Revision} {change.Key}={value}\n");
            }

            log.Write(lines.Append($"T {batch.Through}\n").ToString());
        }
    }
}

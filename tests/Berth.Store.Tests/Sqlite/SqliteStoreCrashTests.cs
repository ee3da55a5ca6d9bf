using Berth.Store.CrashWriter;
using Berth.Store.Sqlite;
using Berth.TestKit.Store;

namespace Berth.Store.Tests.Sqlite;

/// <summary>
/// Kills a process that writes and watches, again and again, on one store. After each kill everything acknowledged must be
/// there, history must be continuous, and the watcher, over all its lives, must have seen exactly history.
/// </summary>
public sealed class SqliteStoreCrashTests(ITestOutputHelper output)
{
    private const int Kills = 24;

    private readonly Dictionary<string, int> _state = new(StringComparer.Ordinal);
    private readonly List<string> _history = [];
    private readonly List<string> _seen = [];
    private Revision _verified;
    private Revision _resume;
    private int _acknowledged;

    [Fact]
    public async Task Store_KilledUnderLoad_LosesNothingAndRepeatsNothing()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var directory = new TemporaryDirectory();
        for (var kill = 0; kill < Kills; kill++)
        {
            // Most die at work; some while they start, which is when the log of the last one is replayed.
            var fromStart = kill % 6 == 0;
            var untilKill = TimeSpan.FromMilliseconds(fromStart ? random.Next(20, 200) : random.Next(300));
            var run = await CrashedRun.RunAsync(directory.Path, random.Next(), _resume, fromStart, untilKill, cancellation);
            _resume = run.SeenThrough;
            _seen.AddRange(run.Seen);
            _acknowledged += run.Acknowledged.Count;
            await VerifyAsync(directory.Path, run);
        }

        output.WriteLine($"{Kills} kills, {_acknowledged} acknowledged changes, {_history.Count} in history, {_seen.Count} watched");
        Assert.True(_acknowledged > 20 * Kills, $"only {_acknowledged} changes were acknowledged: that was no load");
        Assert.True(_seen.Count > 20 * Kills, $"only {_seen.Count} changes were watched: that was no load");
    }

    private async Task VerifyAsync(string directory, CrashedRun run)
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Directory = directory });
        await using var watch = new WatchProbe(store, "", _verified);
        if (store.Current > _verified) await watch.UntilThroughAsync(store.Current);

        var fresh = watch.Events.Select(Text).ToHashSet();
        Assert.Equal([], run.Acknowledged.Except(fresh));
        Assert.Equal(
            Enumerable.Range(1, (int)(store.Current.Value - _verified.Value)).Select(i => _verified.Value + i),
            watch.Events.Select(change => change.Revision.Value).Distinct());

        foreach (var change in watch.Events) Apply(change);
        var page = await store.ListAsync("", cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(
            _state.Select(pair => $"{pair.Key}={pair.Value}").Order(),
            page.Entries.Select(entry => $"{entry.Key}={CrashValue.Name(entry.Value.Span)}").Order());

        _history.AddRange(watch.Events.Select(Text));
        _verified = store.Current;
        Assert.True(_resume <= _verified, $"the watcher had been told of {_resume}; the store is at {_verified}");
        Assert.Equal(_history.TakeWhile(change => Revision(change) <= _resume.Value), _seen);
    }

    private void Apply(StoreEvent change)
    {
        var previous = change.PreviousValue is { } value ? CrashValue.Name(value.Span) : null;
        Assert.Equal(_state.TryGetValue(change.Key, out var before) ? before : null, previous);
        if (change.Type == StoreEventType.Delete) _state.Remove(change.Key);
        else _state[change.Key] = CrashValue.Name(change.Value.Span) ?? throw new InvalidDataException($"{Text(change)} is damaged");
    }

    private static string Text(StoreEvent change) =>
        $"{change.Revision} {change.Key}=" + (change.Type == StoreEventType.Delete ? "-" : $"{CrashValue.Name(change.Value.Span)}");

    private static long Revision(string change) => long.Parse(change.AsSpan(0, change.IndexOf(' ')));
}

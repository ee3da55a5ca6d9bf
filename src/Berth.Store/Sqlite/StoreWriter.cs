using Berth.Store.Feed;
using Microsoft.Data.Sqlite;

namespace Berth.Store.Sqlite;

/// <summary>
/// The thread that writes. It takes whatever transactions are waiting, applies them in one SQLite transaction and so with
/// one fsync, then tells watchers, then acknowledges. While it waits for the disk the next ones gather: the more writers,
/// the fewer fsyncs each write costs. When a commit fails, all its transactions are refused and none has happened.
/// Compaction is done between commits, a little at a time.
/// </summary>
internal sealed class StoreWriter
{
    // Both bound how long a transaction can wait for others in its commit: some 10 ms.
    private const int CommitTransactions = 512;
    private const long CommitBytes = 8 * 1024 * 1024;

    // Twice what one commit can add, so that compaction always gains on writers, and about as long as a commit.
    private const int PurgeRevisions = 2 * CommitTransactions;

    // Callers past this wait their turn here instead of in memory of ours.
    private const int WaitingRequests = 4 * CommitTransactions;

    private readonly WriteQueue _requests = new(WaitingRequests);

    private readonly WriteConnection _connection;
    private readonly WatchFeed _feed;
    private readonly string _path;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Owned by the writer's thread.
    private readonly List<WriteRequest.Commit> _commits = new(CommitTransactions);
    private readonly List<StoreEvent> _events = [];
    private readonly List<WriteRequest.Compact> _compactions = [];
    private bool _purging;

    private long _current;
    private long _floor;

    public StoreWriter(WriteConnection connection, WatchFeed feed, string path)
    {
        _connection = connection;
        _feed = feed;
        _path = path;
        _current = connection.Revision.Value;
        _floor = connection.Floor.Value;
        _purging = connection.Purged < connection.Floor;
        _thread = new Thread(Run) { Name = "store writer", IsBackground = true };
    }

    public Revision Current => new(Volatile.Read(ref _current));

    public Revision Floor => new(Volatile.Read(ref _floor));

    public void Start() => _thread.Start();

    public async ValueTask<StoreOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellation)
    {
        var request = new WriteRequest.Commit(transaction);
        await _requests.AddAsync(request, cancellation).ConfigureAwait(false);
        return await request.Done.WaitAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask CompactAsync(Revision floor, CancellationToken cancellation)
    {
        var request = new WriteRequest.Compact(floor);
        await _requests.AddAsync(request, cancellation).ConfigureAwait(false);
        await request.Done.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Finishes what has been submitted, refuses what comes later, and closes the connection.</summary>
    public Task StopAsync()
    {
        _requests.Close();
        return _ended.Task;
    }

    private void Run()
    {
        try
        {
            while (_purging || _requests.Wait())
            {
                Gather();
                if (_commits.Count > 0) Commit();
                if (_purging) Purge();
                if (_requests.IsFinished) break;
            }

            foreach (var compaction in _compactions) compaction.Fail(new StoreUnavailableException("the store has been closed"));
            _connection.Dispose();
            _ended.SetResult();
        }
        catch (Exception e)
        {
            Abandon(e);
        }
    }

    // A fault of the code, not of the disk: nobody may be left waiting.
    private void Abandon(Exception reason)
    {
        var answer = new StoreUnavailableException($"writing to {_path} has ended: {reason.Message}", reason);
        _requests.Close();
        while (_requests.TryTake(out var request)) request.Fail(answer);
        foreach (var commit in _commits) commit.Fail(answer);
        foreach (var compaction in _compactions) compaction.Fail(answer);
        _ended.SetException(reason);
    }

    private void Gather()
    {
        long bytes = 0;
        while (_commits.Count < CommitTransactions && bytes < CommitBytes && _requests.TryTake(out var request))
        {
            switch (request)
            {
                case WriteRequest.Commit commit:
                    _commits.Add(commit);
                    bytes += commit.Bytes;
                    break;
                case WriteRequest.Compact compact:
                    Compact(compact);
                    break;
            }
        }
    }

    private void Commit()
    {
        var revision = _connection.Revision;
        try
        {
            _connection.Begin();
            foreach (var commit in _commits) commit.Decide(Apply(commit.Transaction.Operations, ref revision));
            if (revision > _connection.Revision) _connection.Commit(revision);
            else _connection.Rollback();
        }
        catch (Exception e)
        {
            Refuse(e, _commits);
            _commits.Clear();
            _events.Clear();
            return;
        }

        if (_events.Count > 0)
        {
            Volatile.Write(ref _current, revision.Value);
            _feed.Publish(_events, revision);
            _events.Clear();
        }

        foreach (var commit in _commits) commit.Acknowledge();
        _commits.Clear();
    }

    // Conditions are checked before anything is written, so that a conflict leaves nothing behind in the shared commit.
    private StoreOutcome Apply(IReadOnlyList<StoreOperation> operations, ref Revision revision)
    {
        var previous = new StoreEntry?[operations.Count];
        for (var i = 0; i < operations.Count; i++)
        {
            previous[i] = _connection.Find(operations[i].Key);
            if (operations[i].Expected is { } expected && (previous[i]?.ModRevision ?? Revision.None) != expected)
                return new StoreOutcome.Conflict(operations[i].Key, previous[i]);
        }

        var next = revision.Next;
        if (next > Revision.Max) throw new StoreFullException("the store has used up its revisions");
        for (var i = 0; i < operations.Count; i++)
        {
            var (key, before) = (operations[i].Key, previous[i]);
            if (operations[i].Value is { } value)
            {
                var created = before?.CreateRevision ?? next;
                _connection.Put(next, i, key, value.Span, created);
                _events.Add(new StoreEvent(StoreEventType.Put, key, value, before?.Value, next, created));
            }
            else if (before is not null)
            {
                _connection.Delete(next, i, key, before.CreateRevision);
                _events.Add(new StoreEvent(StoreEventType.Delete, key, default, before.Value, next, before.CreateRevision));
            }
        }

        if (_events.Count > 0 && _events[^1].Revision == next) revision = next;
        return new StoreOutcome.Committed(revision);
    }

    private void Compact(WriteRequest.Compact request)
    {
        if (request.Floor > _connection.Revision)
        {
            request.Fail(new FutureRevisionException(request.Floor, _connection.Revision));
            return;
        }

        try
        {
            if (request.Floor > _connection.Floor) _connection.SetFloor(request.Floor);
        }
        catch (Exception e)
        {
            Refuse(e, [request]);
            return;
        }

        Volatile.Write(ref _floor, _connection.Floor.Value);
        _compactions.Add(request);
        _purging = true;
    }

    private void Purge()
    {
        try
        {
            var through = Math.Min(_connection.Floor.Value, _connection.Purged.Value + PurgeRevisions);
            if (through > _connection.Purged.Value) _connection.Purge(new Revision(through));
            if (_connection.Purged < _connection.Floor) return;
            foreach (var compaction in _compactions) compaction.Acknowledge();
        }
        catch (Exception e)
        {
            // What was left is done by the next compaction or after the next start.
            Refuse(e, _compactions);
        }

        _compactions.Clear();
        _purging = false;
    }

    private void Refuse(Exception reason, IEnumerable<WriteRequest> requests)
    {
        var answer = reason is SqliteException fault ? StoreFaults.Of(fault, _path) : reason;
        try
        {
            _connection.Rollback();
            if (answer is StoreFullException) _connection.TryCheckpoint();
        }
        catch (SqliteException e)
        {
            answer = StoreFaults.Of(e, _path);
        }

        foreach (var request in requests) request.Fail(answer);
    }
}

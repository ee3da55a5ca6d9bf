using Microsoft.Data.Sqlite;

namespace Berth.Store.Sqlite;

/// <summary>
/// A connection for reading, used by one caller at a time (<see cref="ReadPool"/>). Each method reads one snapshot: its
/// revision, floor and rows belong together whatever the writer does meanwhile.
/// </summary>
internal sealed class ReadConnection : IDisposable
{
    // Rows of other prefixes that one page of a watch's history may pass over before it reports progress.
    private const long HistoryPageRevisions = 1 << 16;

    private readonly SqliteConnection _connection;
    private readonly List<Statement> _statements = [];
    private readonly Statement _begin;
    private readonly Statement _end;
    private readonly Statement _meta;
    private readonly Statement _get;
    private readonly Statement _getAt;
    private readonly Statement _list;
    private readonly Statement _count;
    private readonly Statement _keysAt;
    private readonly Statement _row;
    private readonly Statement _events;
    private readonly Statement _before;

    public ReadConnection(string path)
    {
        _connection = StoreFile.Open(path, SqliteOpenMode.ReadOnly);
        StoreFile.Execute(_connection, $"PRAGMA cache_size = -{4 * 1024}");
        StoreFile.Execute(_connection, "PRAGMA temp_store = MEMORY");
        _begin = Prepare("BEGIN");
        _end = Prepare("COMMIT");
        _meta = Prepare("SELECT revision, floor FROM meta");
        _get = Prepare(
            "SELECT history.value, current.create_revision, current.id FROM current JOIN history ON history.id = current.id WHERE current.key = ?");
        _getAt = Prepare(
            "SELECT value, create_revision, id, deleted FROM history WHERE key = ? AND id <= ? ORDER BY id DESC LIMIT 1");
        _list = Prepare(
            """
            SELECT history.value, current.create_revision, current.id, current.key
            FROM current CROSS JOIN history ON history.id = current.id
            WHERE current.key >= ? AND current.key < ? ORDER BY current.key
            """);
        _count = Prepare("SELECT count(*) FROM current WHERE key > ? AND key < ?");
        _keysAt = Prepare(
            """
            SELECT max(id) FROM history INDEXED BY history_by_key
            WHERE key >= ? AND key < ? AND id <= ? GROUP BY key ORDER BY key
            """);
        _row = Prepare("SELECT value, create_revision, id, key, deleted FROM history WHERE id = ?");
        _events = Prepare(
            """
            SELECT value, create_revision, id, key, deleted FROM history NOT INDEXED
            WHERE id > ?1 AND id <= ?2 AND key >= ?3 AND key < ?4 ORDER BY id
            """);
        _before = Prepare("SELECT value FROM history WHERE key = ? AND id < ? ORDER BY id DESC LIMIT 1");
    }

    public StoreEntry? Get(string key, Revision? at)
    {
        if (at is null)
        {
            try
            {
                return _get.Bind(1, key).Step() ? Entry(_get, key) : null;
            }
            finally
            {
                _get.Reset();
            }
        }

        using var snapshot = new Snapshot(this);
        var revision = snapshot.Readable(at);
        try
        {
            var found = _getAt.Bind(1, key).Bind(2, StoreSchema.LastRowId(revision)).Step();
            return found && _getAt.Long(3) == 0 ? Entry(_getAt, key) : null;
        }
        finally
        {
            _getAt.Reset();
        }
    }

    public StorePage List(string prefix, string? startAfter, int limit, Revision? at, CancellationToken cancellation)
    {
        using var snapshot = new Snapshot(this);
        var revision = snapshot.Readable(at);

        // No key has a NUL, so none lies between a key and the same with U+0001 behind it.
        var first = startAfter is not null && StoreKey.Compare(startAfter, prefix) >= 0 ? startAfter + '\u0001' : prefix;
        var end = StoreKey.PrefixEnd(prefix);
        return revision == snapshot.Revision
            ? ListCurrent(first, end, limit, revision, cancellation)
            : ListAt(first, end, limit, revision, cancellation);
    }

    public WatchBatch Events(string prefix, Revision after, CancellationToken cancellation)
    {
        using var snapshot = new Snapshot(this);
        if (after < snapshot.Floor) throw new CompactedException(after, snapshot.Floor);
        var through = new Revision(Math.Min(snapshot.Revision.Value, after.Value + HistoryPageRevisions));
        var events = new List<StoreEvent>();
        long bytes = 0;
        try
        {
            _events.Bind(1, StoreSchema.LastRowId(after)).Bind(2, StoreSchema.LastRowId(through)).Bind(3, prefix)
                .BindEnd(4, StoreKey.PrefixEnd(prefix));
            while (_events.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                var id = _events.Long(2);
                var full = events.Count >= StoreLimits.HistoryPageEvents || bytes >= StoreLimits.HistoryPageBytes;
                if (full && StoreSchema.RevisionOf(id) != events[^1].Revision) return new WatchBatch(events, events[^1].Revision);
                var change = Event(id);
                events.Add(change);
                bytes += change.Value.Length + (change.PreviousValue?.Length ?? 0);
            }
        }
        finally
        {
            _events.Reset();
        }

        return new WatchBatch(events, through);
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _connection.Dispose();
    }

    private StorePage ListCurrent(
        string first, string? end, int limit, Revision revision, CancellationToken cancellation)
    {
        var entries = new List<StoreEntry>();
        try
        {
            _list.Bind(1, first).BindEnd(2, end);
            while (_list.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                if (limit != 0 && entries.Count == limit)
                {
                    var remaining = Count(entries[^1].Key, end);
                    return new StorePage(entries, revision, true, remaining);
                }

                entries.Add(Entry(_list, _list.Text(3)));
            }
        }
        finally
        {
            _list.Reset();
        }

        return new StorePage(entries, revision, false, 0);
    }

    private StorePage ListAt(
        string first, string? end, int limit, Revision revision, CancellationToken cancellation)
    {
        var entries = new List<StoreEntry>();
        long remaining = 0;
        try
        {
            _keysAt.Bind(1, first).BindEnd(2, end).Bind(3, StoreSchema.LastRowId(revision));
            while (_keysAt.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                _row.Bind(1, _keysAt.Long(0)).Step();
                if (_row.Long(4) == 0)
                {
                    if (limit != 0 && entries.Count == limit) remaining++;
                    else entries.Add(Entry(_row, _row.Text(3)));
                }

                _row.Reset();
            }
        }
        finally
        {
            _row.Reset();
            _keysAt.Reset();
        }

        return new StorePage(entries, revision, remaining > 0, remaining);
    }

    private long Count(string after, string? end)
    {
        try
        {
            return _count.Bind(1, after).BindEnd(2, end).Step() ? _count.Long(0) : 0;
        }
        finally
        {
            _count.Reset();
        }
    }

    private StoreEvent Event(long id)
    {
        var revision = StoreSchema.RevisionOf(id);
        var created = new Revision(_events.Long(1));
        var key = _events.Text(3);
        var type = _events.Long(4) == 0 ? StoreEventType.Put : StoreEventType.Delete;
        ReadOnlyMemory<byte> value = _events.Bytes(0);
        var creation = type == StoreEventType.Put && created == revision;
        var previous = creation ? (ReadOnlyMemory<byte>?)null : Before(key, id);
        return new StoreEvent(type, key, value, previous, revision, created);
    }

    private byte[] Before(string key, long id)
    {
        try
        {
            if (!_before.Bind(1, key).Bind(2, id).Step())
                throw new SqliteException($"history has no row of {key} before {id}", SQLitePCL.raw.SQLITE_CORRUPT);
            return _before.Bytes(0);
        }
        finally
        {
            _before.Reset();
        }
    }

    private static StoreEntry Entry(Statement row, string key) =>
        new(key, row.Bytes(0), new Revision(row.Long(1)), StoreSchema.RevisionOf(row.Long(2)));

    private Statement Prepare(string sql)
    {
        var statement = new Statement(_connection, sql);
        _statements.Add(statement);
        return statement;
    }

    private readonly ref struct Snapshot : IDisposable
    {
        private readonly ReadConnection _reader;

        public Snapshot(ReadConnection reader)
        {
            _reader = reader;
            reader._begin.Execute();
            try
            {
                reader._meta.Step();
                Revision = new Revision(reader._meta.Long(0));
                Floor = new Revision(reader._meta.Long(1));
            }
            catch (SqliteException)
            {
                Dispose();
                throw;
            }
            finally
            {
                reader._meta.Reset();
            }
        }

        public Revision Revision { get; }

        public Revision Floor { get; }

        public Revision Readable(Revision? at)
        {
            if (at is not { } revision) return Revision;
            if (revision < Floor) throw new CompactedException(revision, Floor);
            if (revision > Revision) throw new FutureRevisionException(revision, Revision);
            return revision;
        }

        public void Dispose() => _reader._end.Execute();
    }
}

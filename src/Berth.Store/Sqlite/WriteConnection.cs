using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Berth.Store.Sqlite;

/// <summary>
/// The one connection that writes. Owned by <see cref="StoreWriter"/>'s thread. Its methods throw
/// <see cref="SqliteException"/>; then <see cref="Rollback"/> makes it usable again.
/// </summary>
internal sealed class WriteConnection : IDisposable
{
    // The log is copied into the file when it has this many pages (32 MiB): rarely enough that a page written often is
    // copied once, often enough that a start after a crash reads little.
    private const int CheckpointPages = 4096;

    private const int SynchronousFull = 2;

    private readonly SqliteConnection _connection;
    private readonly List<Statement> _statements = [];
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _find;
    private readonly Statement _value;
    private readonly Statement _append;
    private readonly Statement _point;
    private readonly Statement _remove;
    private readonly Statement _setRevision;
    private readonly Statement _setFloor;
    private readonly Statement _setPurged;
    private readonly Statement _purgeReplaced;
    private readonly Statement _purgeDeleted;

    public WriteConnection(string path, long? maxBytes)
    {
        _connection = StoreFile.Open(path, SqliteOpenMode.ReadWrite);
        StoreFile.Execute(_connection, "PRAGMA synchronous = FULL");
        StoreFile.Execute(_connection, $"PRAGMA wal_autocheckpoint = {CheckpointPages}");
        StoreFile.Execute(_connection, $"PRAGMA journal_size_limit = {64 * 1024 * 1024}");
        StoreFile.Execute(_connection, $"PRAGMA cache_size = -{16 * 1024}");
        StoreFile.Execute(_connection, "PRAGMA temp_store = MEMORY");
        if (maxBytes is { } limit)
        {
            var pages = Math.Max(1, limit / StoreFile.Scalar(_connection, "PRAGMA page_size"));
            StoreFile.Execute(_connection, $"PRAGMA max_page_count = {pages}");
        }

        // Durability is what this connection is for: better no store than one that only seems to have it.
        if (StoreFile.Scalar(_connection, "PRAGMA synchronous") != SynchronousFull || !StoreFile.IsWriteAhead(_connection))
            throw new StoreOpenException($"{path} cannot be written durably: SQLite refuses its write-ahead log there; use a local disk");

        Revision = new Revision(StoreFile.Scalar(_connection, "SELECT revision FROM meta"));
        Floor = new Revision(StoreFile.Scalar(_connection, "SELECT floor FROM meta"));
        Purged = new Revision(StoreFile.Scalar(_connection, "SELECT purged FROM meta"));

        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _find = Prepare("SELECT id, create_revision FROM current WHERE key = ?");
        _value = Prepare("SELECT value FROM history WHERE id = ?");
        _append = Prepare("INSERT INTO history (id, key, create_revision, deleted, value) VALUES (?, ?, ?, ?, ?)");
        _point = Prepare(
            "INSERT INTO current (key, id, create_revision) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET id = excluded.id");
        _remove = Prepare("DELETE FROM current WHERE key = ?");
        _setRevision = Prepare("UPDATE meta SET revision = ?");
        _setFloor = Prepare("UPDATE meta SET floor = ?");
        _setPurged = Prepare("UPDATE meta SET purged = ?");

        // Only a key's versions before one in the range can have become unreadable by it: the range is all that is read.
        _purgeReplaced = Prepare(
            """
            DELETE FROM history WHERE id IN (
              SELECT old.id FROM history AS new CROSS JOIN history AS old ON old.key = new.key AND old.id < new.id
              WHERE new.id > ? AND new.id <= ?)
            """);
        _purgeDeleted = Prepare("DELETE FROM history WHERE id > ? AND id <= ? AND deleted");
    }

    /// <summary>Of the last committed transaction.</summary>
    public Revision Revision { get; private set; }

    public Revision Floor { get; private set; }

    public Revision Purged { get; private set; }

    public void Begin() => _begin.Execute();

    /// <summary>Ends what <see cref="Begin"/> began; the changes are durable when it returns.</summary>
    public void Commit(Revision revision)
    {
        _setRevision.Bind(1, revision.Value).Execute();
        _commit.Execute();
        Revision = revision;
    }

    public void Rollback()
    {
        // SQLite has already rolled back after some failures.
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0) _rollback.Execute();
    }

    public StoreEntry? Find(string key)
    {
        long id;
        long created;
        try
        {
            if (!_find.Bind(1, key).Step()) return null;
            (id, created) = (_find.Long(0), _find.Long(1));
        }
        finally
        {
            _find.Reset();
        }

        try
        {
            if (!_value.Bind(1, id).Step())
                throw new SqliteException($"history has no row {id} of {key}", raw.SQLITE_CORRUPT);
            return new StoreEntry(key, _value.Bytes(0), new Revision(created), StoreSchema.RevisionOf(id));
        }
        finally
        {
            _value.Reset();
        }
    }

    public void Put(Revision revision, int ordinal, string key, ReadOnlySpan<byte> value, Revision created)
    {
        var id = StoreSchema.RowId(revision, ordinal);
        _append.Bind(1, id).Bind(2, key).Bind(3, created.Value).Bind(4, 0).Bind(5, value).Execute();
        _point.Bind(1, key).Bind(2, id).Bind(3, created.Value).Execute();
    }

    public void Delete(Revision revision, int ordinal, string key, Revision created)
    {
        _append.Bind(1, StoreSchema.RowId(revision, ordinal)).Bind(2, key).Bind(3, created.Value).Bind(4, 1).Bind(5, default(ReadOnlySpan<byte>))
            .Execute();
        _remove.Bind(1, key).Execute();
    }

    public void SetFloor(Revision floor)
    {
        _setFloor.Bind(1, floor.Value).Execute();
        Floor = floor;
    }

    /// <summary>Deletes what can no longer be read because of changes after <see cref="Purged"/> up to a revision.</summary>
    public void Purge(Revision through)
    {
        var (first, last) = (StoreSchema.LastRowId(Purged), StoreSchema.LastRowId(through));
        Begin();
        _purgeReplaced.Bind(1, first).Bind(2, last).Execute();
        _purgeDeleted.Bind(1, first).Bind(2, last).Execute();
        _setPurged.Bind(1, through.Value).Execute();
        _commit.Execute();
        Purged = through;
    }

    /// <summary>
    /// On a full disk the log cannot grow; copied into the file, it can be written again from its start. Where even that
    /// is not possible, the next write fails like the last one.
    /// </summary>
    public void TryCheckpoint() => raw.sqlite3_wal_checkpoint_v2(_connection.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _connection.Dispose();
    }

    private Statement Prepare(string sql)
    {
        var statement = new Statement(_connection, sql);
        _statements.Add(statement);
        return statement;
    }
}

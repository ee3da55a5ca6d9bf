using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace Berth.Store.Sqlite;

/// <summary>
/// Brings the store's file into being, or makes sure that an existing one is a whole store of a version that this code
/// reads, before anything may write to it. What it refuses it leaves untouched.
/// </summary>
internal static class StoreFile
{
    // A full check reads the whole file. At about 1 GB/s from the page cache this stays below a tenth of a second.
    private const long CheckedBytesMax = 64 * 1024 * 1024;

    private const int HeaderBytes = 100;

    // Small objects are 1 to 4 KiB: with larger pages fewer of them spill into overflow pages.
    private const int PageBytes = 8192;

    /// <exception cref="StoreOpenException"/>
    public static void Prepare(string path)
    {
        try
        {
            if (File.Exists(path)) Verify(path);
            else Create(path);
        }
        catch (SqliteException e)
        {
            throw Damaged(path, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"{path} cannot be opened: {e.Message}", e);
        }
    }

    public static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
        }.ToString());
        connection.Open();
        return connection;
    }

    public static long Scalar(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        return statement.Step() ? statement.Long(0) : throw new StoreOpenException($"no answer to {sql}");
    }

    public static bool IsWriteAhead(SqliteConnection connection)
    {
        using var statement = new Statement(connection, "PRAGMA journal_mode");
        return statement.Step() && statement.Text(0) is "wal";
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        statement.Execute();
    }

    // Made under another name and then renamed, so that a file with the store's name is complete whenever a crash comes.
    private static void Create(string path)
    {
        if (File.Exists(path + "-wal"))
        {
            throw new StoreOpenException(
                $"{path} is missing although {path}-wal, which holds its last writes, is there: put it back, or remove both to start empty");
        }

        var draft = path + ".new";
        foreach (var leftover in (string[])[draft, draft + "-wal", draft + "-shm", draft + "-journal"]) File.Delete(leftover);

        // SQLite gives its other files the mode of this one. Values hold Secrets.
        new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }).Dispose();

        using (var connection = Open(draft, SqliteOpenMode.ReadWrite))
        {
            Execute(connection, $"PRAGMA page_size = {PageBytes}");
            Execute(connection, "PRAGMA synchronous = FULL");
            Execute(connection, "BEGIN IMMEDIATE");
            foreach (var statement in StoreSchema.Statements) Execute(connection, statement);
            Execute(connection, "INSERT INTO meta (singleton, revision, floor, purged) VALUES (1, 0, 0, 0)");
            Execute(connection, $"PRAGMA application_id = {StoreSchema.ApplicationId}");
            Execute(connection, $"PRAGMA user_version = {StoreSchema.Version}");
            Execute(connection, "COMMIT");
            Execute(connection, "PRAGMA journal_mode = WAL");
        }

        File.Move(draft, path);
    }

    private static void Verify(string path)
    {
        VerifyHeader(path);

        // A read-only connection replays what a crash left in the write-ahead log in memory only.
        using var connection = Open(path, SqliteOpenMode.ReadOnly);
        VerifyIdentity(path, Scalar(connection, "PRAGMA application_id"), Scalar(connection, "PRAGMA user_version"));
        VerifySchema(path, connection);

        var last = Scalar(connection, "SELECT coalesce(max(id), 0) FROM history");
        if (Scalar(connection, "SELECT count(*) FROM meta WHERE purged <= floor AND floor <= revision") != 1 ||
            StoreSchema.RevisionOf(last).Value > Scalar(connection, "SELECT revision FROM meta"))
            throw Damaged(path, "its revisions contradict its contents");

        if (new FileInfo(path).Length <= CheckedBytesMax) VerifyPages(path, connection);
    }

    private static void VerifyHeader(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.StartsWith("SQLite format 3\0"u8))
            throw Foreign(path);

        VerifyIdentity(path, BinaryPrimitives.ReadInt32BigEndian(header[68..]), BinaryPrimitives.ReadInt32BigEndian(header[60..]));

        // Pages missing at the end may still be in the write-ahead log.
        long page = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        if (page == 1) page = 65536;
        var pages = BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
        var log = new FileInfo(path + "-wal");
        if (file.Length < pages * page && !(log.Exists && log.Length > 0))
            throw Damaged(path, $"it has {file.Length} bytes where {pages * page} are expected");
    }

    private static void VerifyIdentity(string path, long applicationId, long version)
    {
        if (applicationId != StoreSchema.ApplicationId || version < 1) throw Foreign(path);
        if (version > StoreSchema.Version)
        {
            throw new StoreOpenException(
                $"{path} was written by a newer Berth (format {version}; this one reads up to {StoreSchema.Version}): use that version");
        }
    }

    private static void VerifySchema(string path, SqliteConnection connection)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        using var statement = new Statement(connection, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL");
        while (statement.Step()) found.Add(statement.Text(0));
        if (!found.SetEquals(StoreSchema.Statements)) throw Damaged(path, $"its tables are not those of format {StoreSchema.Version}");
    }

    private static void VerifyPages(string path, SqliteConnection connection)
    {
        using var statement = new Statement(connection, "PRAGMA quick_check(1)");
        if (!statement.Step() || statement.Text(0) is not "ok") throw Damaged(path, statement.Text(0));
    }

    private static StoreOpenException Foreign(string path) =>
        new($"{path} is not a Berth store: move it away, or give another data directory");

    private static StoreOpenException Damaged(string path, string what, Exception? inner = null) =>
        new($"{path} is damaged ({what}): keep a copy of it and its -wal file, and restore a backup", inner);
}

using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Berth.Store.Sqlite;

/// <summary>
/// A prepared statement, used again and again by the one thread that has its connection. It speaks SQLite's own interface
/// because a command's parameter objects and copies would cost more than SQLite's work on a small write.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _handle;

    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("the connection is not open");
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _handle));
    }

    public Statement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_handle, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, string value)
    {
        Check(raw.sqlite3_bind_text(_handle, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        // An empty span would be bound as NULL.
        Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_handle, parameter, 0)
            : raw.sqlite3_bind_blob(_handle, parameter, value));
        return this;
    }

    /// <summary>Binds the end of a key range; null, no end, becomes a blob, which SQLite sorts after every text.</summary>
    public Statement BindEnd(int parameter, string? end) => end is null ? Bind(parameter, default(ReadOnlySpan<byte>)) : Bind(parameter, end);

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_handle);
        if (result == raw.SQLITE_ROW) return true;
        if (result == raw.SQLITE_DONE) return false;
        Check(result);
        return false;
    }

    public long Long(int column) => raw.sqlite3_column_int64(_handle, column);

    public string Text(int column) => raw.sqlite3_column_text(_handle, column).utf8_to_string();

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_handle, column).ToArray();

    /// <summary>Ends the current execution: until then it keeps locks and the values bound to it.</summary>
    public void Reset() => raw.sqlite3_reset(_handle);

    public void Execute()
    {
        try
        {
            while (Step())
            {
            }
        }
        finally
        {
            Reset();
        }
    }

    public void Dispose() => _handle.Dispose();

    private void Check(int result)
    {
        if (result == raw.SQLITE_OK) return;
        throw new SqliteException(
            raw.sqlite3_errmsg(_database).utf8_to_string(), result & 0xff, raw.sqlite3_extended_errcode(_database));
    }
}

using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Berth.Store.Sqlite;

/// <summary>Tells what a failure of SQLite means to the store's callers.</summary>
internal static class StoreFaults
{
    public static StoreException Of(SqliteException fault, string path) => fault.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => new StoreFullException(
            $"no space left to write {path}: free some on its disk, or raise the store's limit", fault),

        // The shared-memory file beside the store could not grow, which happens on a full disk alone.
        raw.SQLITE_IOERR when fault.SqliteExtendedErrorCode == raw.SQLITE_IOERR_SHMSIZE => new StoreFullException(
            $"no space left to write {path}-shm: free some on its disk", fault),

        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StoreUnavailableException(
            $"{path} is damaged ({fault.Message}): stop Berth, keep a copy of the file, and restore a backup", fault),

        _ => new StoreUnavailableException($"{path} cannot be read or written: {fault.Message}", fault),
    };
}

using Berth.Store.Feed;
using Microsoft.Data.Sqlite;

namespace Berth.Store.Sqlite;

/// <summary>
/// The store of one server, in one SQLite file. Reads run on the caller's thread on connections of their own and never
/// wait for writers; writes go through <see cref="StoreWriter"/>.
/// </summary>
public sealed class SqliteStore : IStore, IEventHistory
{
    private readonly StoreLock _lock;
    private readonly ReadPool _readers;
    private readonly StoreWriter _writer;
    private readonly WatchFeed _feed;
    private int _closed;

    private SqliteStore(StoreLock owned, string path, WriteConnection connection)
    {
        _lock = owned;
        Path = path;
        _readers = new ReadPool(path);
        _feed = new WatchFeed(this, connection.Revision);
        _writer = new StoreWriter(connection, _feed, path);
    }

    /// <summary>The SQLite file.</summary>
    public string Path { get; }

    public Revision Current => _writer.Current;

    public Revision Floor => _writer.Floor;

    /// <summary>Opens a directory's store, or makes an empty one where there is none.</summary>
    /// <exception cref="StoreOpenException">
    /// The directory cannot be used or is in use, or its store is foreign, damaged or of a newer version, and has been
    /// left as it is.
    /// </exception>
    public static SqliteStore Open(SqliteStoreOptions options)
    {
        var directory = System.IO.Path.GetFullPath(options.Directory);
        var path = System.IO.Path.Combine(directory, "store.db");
        var owned = Own(directory);
        try
        {
            StoreFile.Prepare(path);
            var store = new SqliteStore(owned, path, new WriteConnection(path, options.MaxBytes));
            store._writer.Start();
            return store;
        }
        catch (SqliteException e)
        {
            owned.Dispose();
            throw new StoreOpenException($"{path} cannot be opened: {e.Message}", e);
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    public ValueTask<StoreEntry?> GetAsync(string key, Revision? at = null, CancellationToken cancellation = default)
    {
        StoreKey.Check(key);
        return _readers.ReadAsync(reader => reader.Get(key, at), cancellation);
    }

    public ValueTask<StorePage> ListAsync(
        string prefix, string? startAfter = null, int limit = 0, Revision? at = null, CancellationToken cancellation = default)
    {
        StoreKey.CheckPrefix(prefix);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return _readers.ReadAsync(reader => reader.List(prefix, startAfter, limit, at, cancellation), cancellation);
    }

    public ValueTask<StoreOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return _writer.CommitAsync(transaction, cancellation);
    }

    public IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, Revision after, CancellationToken cancellation = default)
    {
        StoreKey.CheckPrefix(prefix);
        return _feed.WatchAsync(prefix, after, () => Floor, cancellation);
    }

    public ValueTask CompactAsync(Revision floor, CancellationToken cancellation = default) => _writer.CompactAsync(floor, cancellation);

    /// <summary>Finishes submitted writes, ends watches and reads, and gives the directory back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        try
        {
            // The reading connections go first: the last one to close, the writer's, copies the log into the file.
            _feed.Close();
            await _readers.DisposeAsync().ConfigureAwait(false);
            await _writer.StopAsync().ConfigureAwait(false);
        }
        finally
        {
            _lock.Dispose();
        }
    }

    ValueTask<WatchBatch> IEventHistory.ReadEventsAsync(string prefix, Revision after, CancellationToken cancellation) =>
        _readers.ReadAsync(reader => reader.Events(prefix, after, cancellation), cancellation);

    private static StoreLock Own(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return StoreLock.Acquire(System.IO.Path.Combine(directory, "store.lock"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"{directory} cannot be used as a data directory: {e.Message}", e);
        }
    }
}

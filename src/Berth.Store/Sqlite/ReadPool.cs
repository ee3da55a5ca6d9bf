using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Berth.Store.Sqlite;

/// <summary>Connections for reading, opened as they are needed and lent to one caller at a time.</summary>
internal sealed class ReadPool(string path) : IAsyncDisposable
{
    // Reads hardly wait for the disk, so many more connections than cores would only hold more caches (4 MiB each); four at
    // least, so that two long lists do not hold up a get.
    private static readonly int _size = Math.Clamp(Environment.ProcessorCount, 4, 8);

    private readonly SemaphoreSlim _free = new(_size);
    private readonly ConcurrentBag<ReadConnection> _idle = [];
    private volatile bool _closed;

    /// <summary>Reads on the caller's thread once a connection is free.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<ReadConnection, T> read, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_closed) throw new StoreUnavailableException("the store has been closed");
            if (!_idle.TryTake(out var connection)) connection = new ReadConnection(path);
            try
            {
                return read(connection);
            }
            finally
            {
                _idle.Add(connection);
            }
        }
        catch (SqliteException e)
        {
            throw StoreFaults.Of(e, path);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for running reads and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed) return;
        _closed = true;
        for (var i = 0; i < _size; i++) await _free.WaitAsync().ConfigureAwait(false);
        while (_idle.TryTake(out var connection)) connection.Dispose();
        _free.Release(_size);
    }
}

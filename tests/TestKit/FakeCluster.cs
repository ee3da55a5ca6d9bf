using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Client;

namespace Berth.TestKit;

/// <summary>A cluster in memory, as far as informers and our writes need one: list, watch, create, update, delete.</summary>
public sealed class FakeCluster : IClusterClient
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Kind, string Namespace, string Name), IApiObject> _objects = [];
    private readonly List<(string Kind, long Revision, WatchEventType Type, IApiObject Object)> _log = [];
    private readonly ConcurrentDictionary<Channel<bool>, bool> _watchers = new();
    private long _revision;

    public int Writes { get; private set; }

    /// <summary>Hears of each write before it is done; what it throws is the answer.</summary>
    public Action<IApiObject>? Writing { get; set; }

    public Task<T> GetAsync<T>(string? ns, string name, GetOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        lock (_lock)
            return Task.FromResult((T)(_objects.GetValueOrDefault((T.Kind.Plural, ns ?? "", name)) ?? throw Refuse(404, "NotFound")));
    }

    public Task<ResourceList<T>> ListAsync<T>(string? ns = null, ListOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        lock (_lock)
        {
            return Task.FromResult(new ResourceList<T>
            {
                Metadata = new ListMeta { ResourceVersion = _revision.ToString() },
                Items = [.. _objects.Where(o => o.Key.Kind == T.Kind.Plural).Select(o => (T)o.Value)],
            });
        }
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? ns, ListOptions options, [EnumeratorCancellation] CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        var signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        _watchers[signal] = true;
        var since = long.Parse(options.ResourceVersion!);
        while (true)
        {
            List<(string Kind, long Revision, WatchEventType Type, IApiObject Object)> news;
            lock (_lock)
                news = [.. _log.Where(e => e.Revision > since && e.Kind == T.Kind.Plural)];
            foreach (var entry in news)
            {
                since = entry.Revision;
                yield return new WatchEvent<T>(entry.Type, (T)entry.Object);
            }
            await signal.Reader.ReadAsync(ct);
        }
    }

    public Task<T> CreateAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => Task.FromResult((T)Write(value, mustExist: false));

    public Task<T> UpdateAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => Task.FromResult((T)Write(value, mustExist: true));

    public Task<T> UpdateStatusAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => UpdateAsync(value, options, ct);

    /// <summary>Creates or replaces, whichever is due. A new object keeps the uid that it has.</summary>
    public void Put(IApiObject value) => Write(value, mustExist: null);

    public Task DeleteAsync<T>(string? ns, string name, DeleteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        lock (_lock)
        {
            var key = (T.Kind.Plural, ns ?? "", name);
            var old = _objects.GetValueOrDefault(key) ?? throw Refuse(404, "NotFound");
            _objects.Remove(key);
            Record(T.Kind.Plural, WatchEventType.Deleted, old.WithMetadata(old.Metadata with { ResourceVersion = (++_revision).ToString() }));
        }
        return Task.CompletedTask;
    }

    private IApiObject Write(IApiObject value, bool? mustExist)
    {
        if (mustExist is not null)
            Writing?.Invoke(value);
        lock (_lock)
        {
            var kind = value.KindInfo.Plural;
            var key = (kind, value.Metadata.Namespace, value.Metadata.Name);
            var exists = _objects.ContainsKey(key);
            if (mustExist is { } must && must != exists)
                throw exists ? Refuse(409, "AlreadyExists") : Refuse(404, "NotFound");
            Writes++;
            var uid = exists ? _objects[key].Metadata.Uid : mustExist is null && value.Metadata.Uid.Length > 0 ? value.Metadata.Uid : Guid.NewGuid().ToString();
            var stored = value.WithMetadata(value.Metadata with { ResourceVersion = (++_revision).ToString(), Uid = uid });
            _objects[key] = stored;
            Record(kind, exists ? WatchEventType.Modified : WatchEventType.Added, stored);
            return stored;
        }
    }

    private void Record(string kind, WatchEventType type, IApiObject value)
    {
        _log.Add((kind, _revision, type, value));
        foreach (var watcher in _watchers.Keys)
            watcher.Writer.TryWrite(true);
    }

    private static ApiException Refuse(int code, string reason) => new(new Status { Code = code, Reason = reason, Message = reason });

    public Task<T> PatchAsync<T>(string? ns, string name, Patch patch, string? subresource = null, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public Task DeleteCollectionAsync<T>(string? ns, ListOptions? selection = null, DeleteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public Task<TResult> CreateSubresourceAsync<T, TBody, TResult>(string? ns, string name, string subresource, TBody body, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>
        where TBody : class, IApiObject<TBody>
        where TResult : class, IApiObject<TResult> => throw new NotSupportedException();

    public Task<T> UpdateSubresourceAsync<T>(T value, string subresource, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public Task<byte[]> GetRawAsync(string path, CancellationToken ct = default) => throw new NotSupportedException();
}

using System.Runtime.CompilerServices;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Client;

namespace Berth.Scheduler.Tests.Volumes;

/// <summary>A cluster that only lists what it was given: enough to fill informers.</summary>
internal sealed class ListedObjects(params IReadOnlyList<IApiObject> objects) : IClusterClient
{
    public Task<ResourceList<T>> ListAsync<T>(string? ns = null, ListOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> =>
        Task.FromResult(new ResourceList<T> { Metadata = new ListMeta { ResourceVersion = "1" }, Items = objects.OfType<T>().ToApiList() });

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? ns, ListOptions options, [EnumeratorCancellation] CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        yield break;
    }

    public Task<T> GetAsync<T>(string? ns, string name, GetOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public Task<T> CreateAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public Task<T> UpdateAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public Task<T> UpdateStatusAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public Task<T> PatchAsync<T>(string? ns, string name, Patch patch, string? subresource = null, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public Task DeleteAsync<T>(string? ns, string name, DeleteOptions? options = null, CancellationToken ct = default)
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

using Berth.Api;
using Berth.Api.Meta.V1;

namespace Berth.Client;

/// <summary>
/// The cluster as a component sees it. Typed calls over the Kubernetes API; whether the server is in this process or far
/// away is the transport's affair. Thread-safe.
/// </summary>
/// <remarks>
/// Every call throws <see cref="ApiException"/> when the server refuses, and <see cref="HttpRequestException"/> or
/// <see cref="IOException"/> when it cannot be reached. A namespace of null means all namespaces for lists and watches, and
/// none for cluster-scoped kinds.
/// </remarks>
public interface IClusterClient
{
    Task<T> GetAsync<T>(string? ns, string name, GetOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    Task<ResourceList<T>> ListAsync<T>(string? ns = null, ListOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    /// <summary>Changes from <see cref="ListOptions.ResourceVersion"/> on, until the server ends the watch or the token cancels.</summary>
    /// <exception cref="ApiException">The server sent an error event; <see cref="ApiException.IsGone"/> asks for a new list.</exception>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? ns, ListOptions options, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    Task<T> CreateAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    /// <summary>Replaces the object. With a resourceVersion in its metadata the write happens only on that version.</summary>
    Task<T> UpdateAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    Task<T> UpdateStatusAsync<T>(T value, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    Task<T> PatchAsync<T>(string? ns, string name, Patch patch, string? subresource = null, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    Task DeleteAsync<T>(string? ns, string name, DeleteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    Task DeleteCollectionAsync<T>(string? ns, ListOptions? selection = null, DeleteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    /// <summary>POST to a subresource: <c>binding</c>, <c>eviction</c>, <c>token</c>.</summary>
    Task<TResult> CreateSubresourceAsync<T, TBody, TResult>(string? ns, string name, string subresource, TBody body, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>
        where TBody : class, IApiObject<TBody>
        where TResult : class, IApiObject<TResult>;

    /// <summary>PUT to a subresource other than status: a namespace's <c>finalize</c>, a CSR's <c>approval</c>.</summary>
    Task<T> UpdateSubresourceAsync<T>(T value, string subresource, WriteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    /// <summary>GET of any path below the server's root, such as <c>/readyz</c>; the body as it is.</summary>
    Task<byte[]> GetRawAsync(string path, CancellationToken ct = default);
}

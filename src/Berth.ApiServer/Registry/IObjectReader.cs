using Berth.Api;

namespace Berth.ApiServer.Registry;

/// <summary>
/// What the rest of the server sees of the stored objects: typed, immutable, from memory. May lag behind the store by the
/// time that a write needs to reach the watch cache.
/// </summary>
public interface IObjectReader
{
    /// <param name="ns">Empty or null for cluster-scoped kinds.</param>
    ValueTask<T?> GetAsync<T>(string? ns, string name, CancellationToken cancellation = default)
        where T : class, IApiObject<T>;

    /// <param name="ns">Null: all namespaces.</param>
    IReadOnlyList<T> List<T>(string? ns = null)
        where T : class, IApiObject<T>;

    /// <summary>Kinds that only a name is known of; null when nothing of that kind is stored.</summary>
    ValueTask<IKindReader?> FindKindAsync(string group, string version, string kind, CancellationToken cancellation = default);

    /// <summary>
    /// Differs from what it was whenever an object of the kind was added, changed or deleted in between: who keeps
    /// something made from a <see cref="List{T}"/> asks before each use whether it still holds. A memory read.
    /// Taken before the list it belongs to, it never claims too much.
    /// </summary>
    long Version<T>()
        where T : class, IApiObject<T>;
}

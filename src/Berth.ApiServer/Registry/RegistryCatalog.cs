using System.Collections.Frozen;
using Berth.Api;
using Berth.Api.Schema;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.Registry;

/// <summary>
/// The registries by kind; also how the rest of the server reads stored objects. What is not found is looked for again once
/// the caches hold all that the store has acknowledged, so that nobody misses an object whose creation was answered
/// (<c>kubectl apply</c> of a role and its binding in one file).
/// </summary>
public sealed class RegistryCatalog(WatchCacheHub hub) : IObjectReader
{
    private FrozenDictionary<KindInfo, ResourceRegistry> _registries = FrozenDictionary<KindInfo, ResourceRegistry>.Empty;

    /// <summary>Looks for custom resources by group, version and kind; set while the server is put together.</summary>
    internal Func<string, string, string, CancellationToken, ValueTask<ResourceRegistry?>>? Custom { get; set; }

    public IEnumerable<ResourceRegistry> All => _registries.Values;

    /// <exception cref="ArgumentException">The kind is not stored.</exception>
    public ResourceRegistry<T> For<T>()
        where T : class, IApiObject<T> =>
        _registries.TryGetValue(T.Kind, out var found)
            ? (ResourceRegistry<T>)found
            : throw new ArgumentException($"{T.Kind} is not stored");

    /// <summary>Null when the kind is not stored.</summary>
    public ResourceRegistry? Find(KindInfo kind) => _registries.GetValueOrDefault(kind);

    public ValueTask<T?> GetAsync<T>(string? ns, string name, CancellationToken cancellation = default)
        where T : class, IApiObject<T>
    {
        var key = new ObjectKey(ns ?? "", name);
        return Cached<T>(key) is { } found ? new(found) : GetLatestAsync<T>(key, cancellation);
    }

    public IReadOnlyList<T> List<T>(string? ns = null)
        where T : class, IApiObject<T> =>
        [.. For<T>().Cache.Current.Range(ns ?? "").Select(o => (T)o.Value)];

    public long Version<T>()
        where T : class, IApiObject<T> => For<T>().Cache.Version;

    public async ValueTask<IKindReader?> FindKindAsync(string group, string version, string kind, CancellationToken cancellation = default)
    {
        var found = All.FirstOrDefault(r => r.Kind.Group == group && r.Kind.Version == version && r.Kind.Kind == kind);
        if (found is null && Custom is { } custom)
            found = await custom(group, version, kind, cancellation).ConfigureAwait(false);
        return found is null ? null : new RegistryReader(found);
    }

    private T? Cached<T>(ObjectKey key)
        where T : class, IApiObject<T> => For<T>().Cache.Current.Get(key)?.Value as T;

    private async ValueTask<T?> GetLatestAsync<T>(ObjectKey key, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        await hub.WaitForLatestAsync(cancellation).ConfigureAwait(false);
        return Cached<T>(key);
    }

    /// <summary>Once, while the server is put together.</summary>
    internal void Fill(IEnumerable<ResourceRegistry> registries) => _registries = registries.ToFrozenDictionary(r => r.Kind);
}

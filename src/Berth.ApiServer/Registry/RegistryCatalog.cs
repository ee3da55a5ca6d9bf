using System.Collections.Frozen;
using Berth.Api;
using Berth.Api.Schema;

namespace Berth.ApiServer.Registry;

/// <summary>The registries by kind; also how the rest of the server reads stored objects.</summary>
public sealed class RegistryCatalog : IObjectReader
{
    private FrozenDictionary<KindInfo, ResourceRegistry> _registries = FrozenDictionary<KindInfo, ResourceRegistry>.Empty;

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
        where T : class, IApiObject<T> =>
        ValueTask.FromResult(For<T>().Cache.Current.Get(new ObjectKey(ns ?? "", name))?.Value as T);

    public IReadOnlyList<T> List<T>(string? ns = null)
        where T : class, IApiObject<T> =>
        [.. For<T>().Cache.Current.Range(ns ?? "").Select(o => (T)o.Value)];

    public long Version<T>()
        where T : class, IApiObject<T> => For<T>().Cache.Version;

    /// <summary>Once, while the server is put together.</summary>
    internal void Fill(IEnumerable<ResourceRegistry> registries) => _registries = registries.ToFrozenDictionary(r => r.Kind);
}

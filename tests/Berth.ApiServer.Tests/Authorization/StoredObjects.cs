using Berth.Api;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Tests.Authorization;

/// <summary>Objects in memory, read as those of the server's caches are.</summary>
internal sealed class StoredObjects : IObjectReader
{
    private readonly Dictionary<Type, Dictionary<ObjectKey, IApiObject>> _kinds = [];
    private readonly Dictionary<Type, long> _versions = [];

    /// <summary>How often lists were asked for.</summary>
    public int Lists { get; private set; }

    public void Put<T>(params ReadOnlySpan<T> values)
        where T : class, IApiObject<T>
    {
        foreach (var value in values) Of<T>()[new(value.Metadata.Namespace, value.Metadata.Name)] = value;
        _versions[typeof(T)] = Version<T>() + 1;
    }

    public void Delete<T>(string ns, string name)
        where T : class, IApiObject<T>
    {
        Of<T>().Remove(new(ns, name));
        _versions[typeof(T)] = Version<T>() + 1;
    }

    public ValueTask<T?> GetAsync<T>(string? ns, string name, CancellationToken cancellation = default)
        where T : class, IApiObject<T> => new(Of<T>().GetValueOrDefault(new(ns ?? "", name)) as T);

    public IReadOnlyList<T> List<T>(string? ns = null)
        where T : class, IApiObject<T>
    {
        Lists++;
        return [.. Of<T>().Values.Cast<T>().Where(v => ns is null || v.Metadata.Namespace == ns)];
    }

    // Who asks for kinds by name asks a whole server.
    public ValueTask<IKindReader?> FindKindAsync(string group, string version, string kind, CancellationToken cancellation = default) => new((IKindReader?)null);

    public long Version<T>()
        where T : class, IApiObject<T> => _versions.GetValueOrDefault(typeof(T));

    private Dictionary<ObjectKey, IApiObject> Of<T>() =>
        _kinds.TryGetValue(typeof(T), out var kind) ? kind : _kinds[typeof(T)] = [];
}

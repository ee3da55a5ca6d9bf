using Berth.Api;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.Registry;

/// <summary>One registry's objects, read without knowing their type.</summary>
internal sealed class RegistryReader(ResourceRegistry registry) : IKindReader
{
    public bool Namespaced => registry.Kind.Namespaced;

    public async ValueTask<IApiObject?> GetAsync(string ns, string name, CancellationToken cancellation)
    {
        var key = new ObjectKey(ns, name);
        // What is not in memory yet is waited for: its creation may have been answered already.
        return registry.Cache.Current.Get(key) is { } known
            ? (await registry.ShowAsync(known, cancellation).ConfigureAwait(false)).Value
            : (await registry.FindAsync(key, cancellation).ConfigureAwait(false))?.Value;
    }

    public async ValueTask<IReadOnlyList<IApiObject>> ListAsync(string ns, CancellationToken cancellation)
    {
        var shown = new List<IApiObject>();
        foreach (var stored in registry.Cache.Current.Range(ns))
            shown.Add((await registry.ShowAsync(stored, cancellation).ConfigureAwait(false)).Value);
        return shown;
    }
}

using System.Collections.Concurrent;
using Berth.Api;
using Berth.Api.ApiExtensions.V1;
using Berth.Api.Json;
using Berth.Api.Schema;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Watch;
using Berth.ApiServer.Webhooks;

namespace Berth.ApiServer.CustomResources;

/// <summary>
/// The custom resources that are served, found by what the cache of definitions holds at the moment of the request: a
/// definition that changed is made ready again by the first who asks for it.
/// </summary>
public sealed class CustomResourceTable(RegistryServices services) : IDisposable
{
    private readonly ConcurrentDictionary<string, ServedDefinition> _served = new(StringComparer.Ordinal);
    private readonly WebhookClient _webhooks = new(services.Registries);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly ResourceRegistry<CustomResourceDefinition> _definitions = services.Registries.For<CustomResourceDefinition>();

    /// <summary>Differs whenever what is served may differ.</summary>
    public long Version => _definitions.Cache.Version;

    /// <summary>Null when no definition serves it.</summary>
    internal async ValueTask<Route?> FindAsync(RequestInfo info, CancellationToken cancellation)
    {
        if (info.Group.Length == 0)
            return null;
        var served = await ServedAsync($"{info.Resource}.{info.Group}", cancellation).ConfigureAwait(false);
        return served is { Definition.IsEstablished: true } ? served.Find(info.Version, info.Subresource) : null;
    }

    /// <summary>A definition made ready, established or not; null when there is none.</summary>
    internal async ValueTask<ServedDefinition?> ServedAsync(string name, CancellationToken cancellation)
    {
        var source = _definitions.Cache.Current.Get(new ObjectKey("", name));
        if (source is null)
        {
            if (_served.TryRemove(name, out var gone))
                services.Hub.Remove(gone.Cache);
            return null;
        }

        if (_served.TryGetValue(name, out var known) && known.Source == source)
            return known;
        await _changing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_served.TryGetValue(name, out known) && known.Source == source)
                return known;
            var served = await MakeAsync(source, known, cancellation).ConfigureAwait(false);
            _served[name] = served;
            return served;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>The registry of a custom kind; null when no definition serves it.</summary>
    internal async ValueTask<ResourceRegistry?> RegistryOfAsync(string group, string version, string kind, CancellationToken cancellation)
    {
        foreach (var served in await EstablishedAsync(cancellation).ConfigureAwait(false))
        {
            if (served.Definition.Source.Spec.Group == group && served.Definition.Source.Spec.Names.Kind == kind && served.RegistryOf(version) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>The definitions whose objects are served.</summary>
    internal async ValueTask<IReadOnlyList<ServedDefinition>> EstablishedAsync(CancellationToken cancellation)
    {
        var found = new List<ServedDefinition>();
        foreach (var source in _definitions.Cache.Current.Range())
        {
            if (await ServedAsync(source.Key.Name, cancellation).ConfigureAwait(false) is { Definition.IsEstablished: true } served)
                found.Add(served);
        }

        return found;
    }

    public void Dispose()
    {
        _changing.Dispose();
        _webhooks.Dispose();
    }

    private async Task<ServedDefinition> MakeAsync(CachedObject source, ServedDefinition? before, CancellationToken cancellation)
    {
        var definition = new CustomDefinition((CustomResourceDefinition)source.Value);
        var converter = definition.Source.Spec.Conversion is { Strategy: "Webhook" }
            ? (ICustomConverter)new WebhookConverter(definition, _webhooks, services.Identifiers)
            : new RelabelingConverter();
        if (before is not null && before.Definition.Source.Metadata.Uid == definition.Source.Metadata.Uid)
        {
            ((StoredKind)before.Cache.Owner!).Definition = definition;
            return new ServedDefinition(services, source, definition, converter, before.Cache);
        }

        if (before is not null)
            services.Hub.Remove(before.Cache);
        var stored = new StoredKind { Definition = definition };
        var cache = new WatchCache(stored.Kind, ResourceRegistry.PrefixOf(stored.Kind), services.Transformer) { Owner = stored };
        await services.Hub.AddAsync(cache, cancellation).ConfigureAwait(false);
        return new ServedDefinition(services, source, definition, converter, cache);
    }

    /// <summary>The kind under which all versions of a custom resource are cached; it reads by what the definition says now.</summary>
    private sealed class StoredKind
    {
        private volatile CustomDefinition _definition = null!;

        public required CustomDefinition Definition
        {
            get => _definition;
            set => _definition = value;
        }

        public KindInfo Kind => field ??= new KindInfo
        {
            Group = Definition.Source.Spec.Group,
            Version = Definition.Storage.Name,
            Kind = Definition.Storage.Kind.Kind,
            Plural = Definition.Storage.Kind.Plural,
            Singular = Definition.Storage.Kind.Singular,
            Namespaced = Definition.Storage.Kind.Namespaced,
            IsCustom = true,
            Schema = Definition.Storage.Kind.Schema,
            ReadJson = (json, _) => Definition.ReadStored(json, out var _),
            ReadProto = _ => throw new NotSupportedException("custom objects have no protobuf form"),
        };
    }
}

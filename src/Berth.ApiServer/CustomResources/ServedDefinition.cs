using Berth.Api.Schema;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Subresources;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.CustomResources;

/// <summary>A definition at one moment of its life, with the routes of its versions.</summary>
internal sealed class ServedDefinition
{
    private readonly Dictionary<string, CustomRegistry> _registries = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Version, string Subresource), Route> _routes = [];

    public ServedDefinition(RegistryServices services, CachedObject source, CustomDefinition definition, ICustomConverter converter, WatchCache cache)
    {
        Source = source;
        Definition = definition;
        Cache = cache;
        foreach (var version in definition.Versions)
        {
            var registry = new CustomRegistry(services, definition, version, converter, cache);
            if (version.Source.Served)
                _registries[version.Name] = registry;
            if (version == definition.Storage)
                Stored = registry;
            if (!version.Source.Served)
                continue;
            Add(version, null, version.Kind.Verbs, new ResourceHandler<CustomObject>(registry));
            foreach (var subresource in version.Kind.Subresources)
            {
                Add(version, subresource, subresource.Verbs, subresource.Name == "status"
                    ? new StatusHandler<CustomObject>(registry, "status", ChangeRules.Status)
                    : Scale(registry, version));
            }
        }
    }

    /// <summary>The version of the definition that this was made from.</summary>
    public CachedObject Source { get; }

    public CustomDefinition Definition { get; }

    public WatchCache Cache { get; }

    /// <summary>The registry of the storage version.</summary>
    public CustomRegistry Stored { get; } = null!;

    public IEnumerable<Route> Routes => _routes.Values;

    public Route? Find(string version, string subresource) => _routes.GetValueOrDefault((version, subresource));

    /// <summary>Of a version that is served; null when it is not.</summary>
    public CustomRegistry? RegistryOf(string version) => _registries.GetValueOrDefault(version);

    private static ScaleHandler<CustomObject> Scale(CustomRegistry registry, CustomVersion version)
    {
        var scale = version.Source.Subresources!.Scale!;
        var wanted = CustomPaths.Split(scale.SpecReplicasPath);
        var current = CustomPaths.Split(scale.StatusReplicasPath);
        var labels = scale.LabelSelectorPath is { Length: > 0 } path ? CustomPaths.Split(path) : null;
        return new ScaleHandler<CustomObject>(
            registry,
            value => (CustomPaths.Number(value, wanted), CustomPaths.Number(value, current), labels is null ? "" : CustomPaths.Text(value, labels)),
            (value, replicas) => CustomPaths.With(value, wanted, replicas));
    }

    private void Add(CustomVersion version, SubresourceInfo? subresource, IReadOnlyList<string> verbs, IApiHandler handler)
    {
        var guarded = new CustomHandler(Definition, version, handler);
        _routes[(version.Name, subresource?.Name ?? "")] = new Route(version.Kind, subresource, verbs, guarded);
    }
}

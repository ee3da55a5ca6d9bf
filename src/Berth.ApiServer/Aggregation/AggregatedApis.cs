using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Berth.Api;
using Berth.Api.ApiRegistration.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.OpenApi;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.Aggregation;

/// <summary>
/// The APIs that other servers answer for, as the APIServices with a Service say. What such an APIService names goes to that
/// server, also where Berth would answer itself.
/// </summary>
public sealed class AggregatedApis(RegistryServices services, Func<X509Certificate2>? identity) : IDisposable
{
    private readonly ResourceRegistry<APIService> _registry = services.Registries.For<APIService>();
    private readonly ConcurrentDictionary<string, AggregatedApi> _apis = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<Route> _routes = [];
    private volatile IReadOnlyList<ForeignOpenApi> _documents = [];
    private volatile Seen _seen = new(CacheSnapshot.Empty, false);
    private long _version;

    /// <summary>Differs whenever what is served by others may differ.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>What the other servers said that they serve. Nobody handles these: requests for them are passed on before routes are looked at.</summary>
    internal IReadOnlyList<Route> Routes => _routes;

    /// <summary>How the other servers describe it.</summary>
    internal IReadOnlyList<ForeignOpenApi> Documents => _documents;

    /// <summary>Null when no other server answers for the path.</summary>
    internal AggregatedApi? Find(string path)
    {
        if (!path.StartsWith("/apis/", StringComparison.Ordinal) || !AnyIsElsewhere())
            return null;
        var parts = path.Split('/', 5, StringSplitOptions.RemoveEmptyEntries);
        return parts.Length < 3 ? null : ByName($"{parts[2]}.{parts[1]}");
    }

    /// <summary>Null when there is no such APIService, or Berth serves it itself.</summary>
    internal AggregatedApi? ByName(string name)
    {
        if (_registry.Cache.Current.Get(new ObjectKey("", name))?.Value is not APIService { Spec.Service: not null } source)
        {
            _apis.TryRemove(name, out _);
            return null;
        }

        if (_apis.TryGetValue(name, out var known) && known.Source.Spec == source.Spec)
            return known;
        var made = new AggregatedApi(services.Registries, source, identity);
        _apis[name] = made;
        return made;
    }

    internal void Publish(IReadOnlyList<Route> routes, IReadOnlyList<ForeignOpenApi> documents)
    {
        _routes = routes;
        _documents = documents;
        Interlocked.Increment(ref _version);
    }

    // Most clusters have only APIServices of what Berth itself serves: their requests must not pay for that.
    private bool AnyIsElsewhere()
    {
        var snapshot = _registry.Cache.Current;
        var seen = _seen;
        if (!ReferenceEquals(seen.Snapshot, snapshot))
            _seen = seen = new Seen(snapshot, snapshot.Range().Any(s => s.Value is APIService { Spec.Service: not null }));
        return seen.AnyIsElsewhere;
    }

    public void Dispose()
    {
        foreach (var api in _apis.Values)
            api.Dispose();
    }

    private sealed record Seen(CacheSnapshot Snapshot, bool AnyIsElsewhere);
}

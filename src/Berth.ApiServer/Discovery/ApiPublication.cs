using Berth.ApiServer.Aggregation;
using Berth.ApiServer.CustomResources;
using Berth.ApiServer.Http;
using Berth.ApiServer.OpenApi;

namespace Berth.ApiServer.Discovery;

/// <summary>What is told about what is served. Made again when definitions of custom resources have changed.</summary>
public sealed class ApiPublication(RouteTable routes, CustomResourceTable customResources, AggregatedApis aggregated, Func<string> serverAddress) : IDisposable
{
    private readonly SemaphoreSlim _making = new(1, 1);
    private volatile Edition? _edition;

    public async ValueTask<DiscoveryDocuments> DiscoveryAsync(CancellationToken cancellation) => (await CurrentAsync(cancellation).ConfigureAwait(false)).Discovery;

    public async ValueTask<OpenApiDocuments> OpenApiAsync(CancellationToken cancellation) => (await CurrentAsync(cancellation).ConfigureAwait(false)).OpenApi;

    public void Dispose() => _making.Dispose();

    private async ValueTask<Edition> CurrentAsync(CancellationToken cancellation)
    {
        var version = (customResources.Version, aggregated.Version);
        if (_edition is { } edition && edition.Version == version)
            return edition;
        await _making.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_edition is { } made && made.Version == version)
                return made;
            var custom = await customResources.EstablishedAsync(cancellation).ConfigureAwait(false);
            var own = routes.All.Concat(custom.SelectMany(c => c.Routes)).ToList();
            var documents = aggregated.Documents;
            var described = documents.Select(d => (d.Group, d.Version)).ToHashSet();
            var served = new ServedGroups(own.Where(r => !described.Contains((r.Kind.Group, r.Kind.Version))));

            // What others answer for they describe themselves; of Berth's own routes it takes the place.
            var others = aggregated.Routes;
            var versions = others.Select(r => (r.Kind.Group, r.Kind.Version)).ToHashSet();
            var everything = new ServedGroups(own.Where(r => !versions.Contains((r.Kind.Group, r.Kind.Version))).Concat(others));
            var kinds = everything.Groups.SelectMany(g => g.Versions).SelectMany(v => v.Resources).Select(r => (r.Kind, Subresources: r.Subresources.Count)).ToHashSet();

            // Most changes of definitions are those of their status.
            _edition = _edition is { } before && before.Kinds.SetEquals(kinds) && ReferenceEquals(before.Documents, documents)
                ? before with { Version = version }
                : new Edition(version, kinds, documents, new DiscoveryDocuments(everything, serverAddress), new OpenApiDocuments(served, ServerVersion.GitVersion, documents, before: _edition?.OpenApi));
            return _edition;
        }
        finally
        {
            _making.Release();
        }
    }

    private sealed record Edition(
        (long, long) Version,
        HashSet<(Berth.Api.Schema.KindInfo Kind, int Subresources)> Kinds,
        IReadOnlyList<ForeignOpenApi> Documents,
        DiscoveryDocuments Discovery, OpenApiDocuments OpenApi);
}

using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.Metrics;

/// <summary>Get and list of measurements that stand for stored objects: selectors choose by the objects' own labels and fields.</summary>
/// <param name="measure">Null when nothing has been measured: such an object is not in lists, and not found.</param>
internal sealed class MetricsHandler<TMetrics, TSource>(ResourceRegistry<TSource> sources, Func<TSource, TMetrics?> measure) : IApiHandler
    where TMetrics : class, IApiObject<TMetrics>
    where TSource : class, IApiObject<TSource>
{
    public Task HandleAsync(ApiRequest request) => request.Info.Verb switch
    {
        "get" => GetAsync(request),
        "list" => ListAsync(request),
        _ => throw ApiStatusException.MethodNotAllowed(),
    };

    private async Task GetAsync(ApiRequest request)
    {
        var format = ResponseFormat.For(request.Http.Request);
        var source = sources.Cache.Current.Get(ResourceHandler<TSource>.KeyOf(request, TSource.Kind));
        var found = source is null ? null : measure((TSource)source.Value);
        if (found is null)
            throw ApiStatusException.NotFound(TMetrics.Kind, request.Info.Name);
        await ResponseWriter.ObjectAsync(request, 200, Detached(found), format).ConfigureAwait(false);
    }

    private async Task ListAsync(ApiRequest request)
    {
        var format = ResponseFormat.For(request.Http.Request);
        var selection = ListRequest.Parse(request, sources).Selection;
        var items = new List<CachedObject>();
        foreach (var candidate in sources.Cache.Current.Range())
        {
            if (selection.Matches(candidate) && measure((TSource)candidate.Value) is { } found)
                items.Add(Detached(found));
        }

        await ResponseWriter.ListAsync(request, TMetrics.Kind, items, ListMeta.Empty, format).ConfigureAwait(false);
    }

    private static CachedObject Detached(TMetrics value) =>
        CachedObject.Detached(TMetrics.Kind, ObjectKey.Of(value), ApiJson.Serialize(value), value);
}

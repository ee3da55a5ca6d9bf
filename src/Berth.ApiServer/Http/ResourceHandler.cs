using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.Http;

/// <summary>The verbs of one stored kind, from the request to its <see cref="ResourceRegistry{T}"/> and back.</summary>
public sealed class ResourceHandler<T>(ResourceRegistry<T> registry) : IApiHandler
    where T : class, IApiObject<T>
{
    private readonly ListWatch _listWatch = new(registry, registry.View);

    public Task HandleAsync(ApiRequest request) => request.Info.Verb switch
    {
        "get" => GetAsync(request),
        "list" => ListAsync(request),
        "watch" => WatchAsync(request),
        "create" => CreateAsync(request),
        "update" => UpdateAsync(request),
        "patch" => ObjectPatch.HandleAsync(request, registry, "", ChangeRules.Main),
        "delete" => DeleteAsync(request),
        "deletecollection" => DeleteCollectionAsync(request),
        _ => throw ApiStatusException.MethodNotAllowed(),
    };

    internal static ObjectKey KeyOf(ApiRequest request, KindInfo kind) => new(kind.Namespaced ? request.Info.Namespace : "", request.Info.Name);

    internal static WriteContext ContextOf(ApiRequest request) =>
        new(request.User, request.DryRun, request.FieldManager, request.Warn, request.Cancellation) { Audit = request.Audit };

    internal static async Task GetAsync(ApiRequest request, ResourceRegistry<T> registry)
    {
        var format = ResponseFormat.For(request.Http.Request, custom: registry.Kind.IsCustom);
        if (ListRequest.ParseRevision(request.Query["resourceVersion"].ToString()) is { } revision && revision > registry.Services.Hub.Through)
            await registry.Services.Hub.WaitForLatestAsync(request.Cancellation).ConfigureAwait(false);
        var found = await registry.FindAsync(KeyOf(request, registry.Kind), request.Cancellation).ConfigureAwait(false)
            ?? throw ApiStatusException.NotFound(registry.Kind, request.Info.Name);
        await ResponseWriter.ObjectAsync(request, 200, found, format).ConfigureAwait(false);
    }

    private Task GetAsync(ApiRequest request) => GetAsync(request, registry);

    private async Task ListAsync(ApiRequest request)
    {
        var format = ResponseFormat.For(request.Http.Request, custom: registry.Kind.IsCustom);
        var (items, metadata) = await _listWatch.ListAsync(ListRequest.Parse(request, registry), request.Cancellation).ConfigureAwait(false);
        await ResponseWriter.ListAsync(request, registry.Kind, items, metadata, format).ConfigureAwait(false);
    }

    private Task WatchAsync(ApiRequest request)
    {
        var format = ResponseFormat.For(request.Http.Request, streams: true, custom: registry.Kind.IsCustom);
        return _listWatch.WatchAsync(request, ListRequest.Parse(request, registry), format);
    }

    private async Task CreateAsync(ApiRequest request)
    {
        if (request.Info.Name.Length > 0 || (registry.Kind.Namespaced && request.Info.Namespace.Length == 0))
            throw ApiStatusException.MethodNotAllowed();
        var format = ResponseFormat.For(request.Http.Request, custom: registry.Kind.IsCustom);
        var value = await BodyDecoder.DecodeAsync<T>(request, registry.Kind).ConfigureAwait(false);
        var created = await registry.CreateAsync(KeyOf(request, registry.Kind).Namespace, value, ContextOf(request)).ConfigureAwait(false);
        await ResponseWriter.ObjectAsync(request, 201, created, format).ConfigureAwait(false);
    }

    private async Task UpdateAsync(ApiRequest request)
    {
        if (request.Info.Name.Length == 0)
            throw ApiStatusException.MethodNotAllowed();
        var format = ResponseFormat.For(request.Http.Request, custom: registry.Kind.IsCustom);
        var value = await BodyDecoder.DecodeAsync<T>(request, registry.Kind).ConfigureAwait(false);
        var change = new ObjectChange<T>(_ => ValueTask.FromResult(value))
        {
            Create = registry.Strategy.AllowsCreateOnUpdate ? () => ValueTask.FromResult(value) : null,
        };
        var result = await registry.UpdateAsync(KeyOf(request, registry.Kind), change, ContextOf(request)).ConfigureAwait(false);
        await ResponseWriter.ObjectAsync(request, result.IsNew ? 201 : 200, result.Object, format).ConfigureAwait(false);
    }

    private async Task DeleteAsync(ApiRequest request)
    {
        var format = ResponseFormat.For(request.Http.Request, custom: registry.Kind.IsCustom);
        var options = await BodyDecoder.DeleteOptionsAsync(request).ConfigureAwait(false);
        var result = await registry.DeleteAsync(KeyOf(request, registry.Kind), options, DeleteContext(request, options)).ConfigureAwait(false);
        await DeletionResponse.WriteAsync(request, result, registry.Deletion.ReturnsObject, format).ConfigureAwait(false);
    }

    private async Task DeleteCollectionAsync(ApiRequest request)
    {
        var format = ResponseFormat.For(request.Http.Request, custom: registry.Kind.IsCustom);
        var options = await BodyDecoder.DeleteOptionsAsync(request).ConfigureAwait(false);
        var (items, metadata) = await _listWatch.ListAsync(ListRequest.Parse(request, registry), request.Cancellation).ConfigureAwait(false);
        var deleted = new List<CachedObject>();
        foreach (var item in items)
        {
            try
            {
                deleted.Add((await registry.DeleteAsync(item.Key, options, DeleteContext(request, options)).ConfigureAwait(false)).Object);
            }
            catch (ApiStatusException e) when (e.Code == 404)
            {
                // Somebody else was faster.
            }
        }

        await ResponseWriter.ListAsync(request, registry.Kind, deleted, metadata, format).ConfigureAwait(false);
    }

    private static WriteContext DeleteContext(ApiRequest request, DeleteOptions options)
    {
        var context = ContextOf(request);
        return options.DryRun.Contains("All") ? context with { DryRun = true } : context;
    }
}

using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Strategies;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.Http;

/// <summary>
/// Serves the objects of one kind under another: the same objects, in the store once, under two names and shapes (the
/// Events of the core group and of <c>events.k8s.io</c>, autoscalers in their two versions).
/// </summary>
public sealed class ConvertedHandler<TWire, TStored> : IApiHandler, ISelectable
    where TWire : class, IApiObject<TWire>
    where TStored : class, IApiObject<TStored>
{
    private readonly ResourceRegistry<TStored> _registry;
    private readonly Func<TStored, TWire> _toWire;
    private readonly Func<TWire, TStored> _toStored;
    private readonly ListWatch _listWatch;
    private readonly string _subresource;
    private readonly ResourceStrategy<TWire> _strategy = StrategyCatalog.For<TWire>();

    /// <param name="subresource">Empty for the resource itself; <c>status</c> for its status.</param>
    public ConvertedHandler(ResourceRegistry<TStored> registry, Func<TStored, TWire> toWire, Func<TWire, TStored> toStored, string subresource = "")
    {
        _subresource = subresource;
        _registry = registry;
        _toWire = toWire;
        _toStored = toStored;
        _listWatch = new ListWatch(registry, new DelegateView(View));
    }

    public KindInfo Kind => TWire.Kind;

    public bool IsSelectable(string path) => path is "metadata.name" or "metadata.namespace" || _strategy.SelectableFields.ContainsKey(path);

    public string? FieldOf(IApiObject value, string path) =>
        _strategy.SelectableFields.TryGetValue(path, out var read) ? read(value as TWire ?? _toWire((TStored)value)) : path == "metadata.namespace" ? value.Metadata.Namespace : value.Metadata.Name;

    public async Task HandleAsync(ApiRequest request)
    {
        var key = ResourceHandler<TStored>.KeyOf(request, _registry.Kind);
        var context = ResourceHandler<TStored>.ContextOf(request);
        var format = ResponseFormat.For(request.Http.Request, streams: request.Info.Verb == "watch");
        switch (request.Info.Verb)
        {
            case "get":
                var found = await _registry.FindAsync(key, request.Cancellation).ConfigureAwait(false) ?? throw ApiStatusException.NotFound(Kind, key.Name);
                await ResponseWriter.ObjectAsync(request, 200, View(found), format).ConfigureAwait(false);
                return;
            case "list":
                var (items, metadata) = await _listWatch.ListAsync(ListRequest.Parse(request, this), request.Cancellation).ConfigureAwait(false);
                await ResponseWriter.ListAsync(request, Kind, items, metadata, format).ConfigureAwait(false);
                return;
            case "watch":
                await _listWatch.WatchAsync(request, ListRequest.Parse(request, this), format, Kind).ConfigureAwait(false);
                return;
            case "create":
                if (key.Namespace.Length == 0)
                    throw ApiStatusException.MethodNotAllowed();
                var value = await BodyDecoder.DecodeAsync<TWire>(request).ConfigureAwait(false);
                await ResponseWriter.ObjectAsync(
                    request, 201, View(await _registry.CreateAsync(key.Namespace, _toStored(value), context).ConfigureAwait(false)), format).ConfigureAwait(false);
                return;
            case "update":
                var stored = _toStored(await BodyDecoder.DecodeAsync<TWire>(request).ConfigureAwait(false));
                await ChangeAsync(new ObjectChange<TStored>(_ => ValueTask.FromResult(stored))).ConfigureAwait(false);
                return;
            case "patch":
                var type = BodyDecoder.MediaType(request);
                var body = await RequestBody.ReadAsync(request.Http.Request).ConfigureAwait(false);
                ObjectPatch.Note(request, type, body);
                await ChangeAsync(type == ObjectPatch.ApplyYamlType ? Applied(request, key, body) : new ObjectChange<TStored>(
                    old => ValueTask.FromResult(_toStored(ObjectPatch.Patched(request, _toWire(old), type, body))))
                {
                    ChecksVersion = false,
                }).ConfigureAwait(false);
                return;
            case "delete":
                var options = await BodyDecoder.DeleteOptionsAsync(request).ConfigureAwait(false);
                var deleted = await _registry.DeleteAsync(key, options, context).ConfigureAwait(false);
                await DeletionResponse.WriteAsync(request, deleted with { Object = View(deleted.Object) }, _registry.Deletion.ReturnsObject, format).ConfigureAwait(false);
                return;
            case "deletecollection":
                await DeleteCollectionAsync(request, format, context).ConfigureAwait(false);
                return;
            default:
                throw ApiStatusException.MethodNotAllowed();
        }

        async Task ChangeAsync(ObjectChange<TStored> change)
        {
            change = change with { Subresource = _subresource, Rules = _subresource.Length == 0 ? ChangeRules.Main : ChangeRules.Status };
            var result = await _registry.UpdateAsync(key, change, context).ConfigureAwait(false);
            await ResponseWriter.ObjectAsync(request, result.IsNew ? 201 : 200, View(result.Object), format).ConfigureAwait(false);
        }
    }

    private ObjectChange<TStored> Applied(ApiRequest request, ObjectKey key, ReadOnlyMemory<byte> body)
    {
        var wire = ObjectApply.Change<TWire>(request, Kind, key, body, _subresource);
        return new ObjectChange<TStored>(async old => _toStored(await wire.Apply(_toWire(old)).ConfigureAwait(false)))
        {
            OwnsManagedFields = true,
            ChecksVersion = false,
            Create = wire.Create is { } create ? async () => _toStored(await create().ConfigureAwait(false)) : null,
        };
    }

    private CachedObject View(CachedObject stored) =>
        stored.Kind == Kind ? stored : stored.As(Kind, value => _toWire((TStored)value));

    private async Task DeleteCollectionAsync(ApiRequest request, ResponseFormat format, WriteContext context)
    {
        var options = await BodyDecoder.DeleteOptionsAsync(request).ConfigureAwait(false);
        var (items, metadata) = await _listWatch.ListAsync(ListRequest.Parse(request, this), request.Cancellation).ConfigureAwait(false);
        var deleted = new List<CachedObject>();
        foreach (var item in items)
        {
            try
            {
                deleted.Add(View((await _registry.DeleteAsync(item.Key, options, context).ConfigureAwait(false)).Object));
            }
            catch (ApiStatusException e) when (e.Code == 404)
            {
                // Somebody else was faster.
            }
        }

        await ResponseWriter.ListAsync(request, Kind, deleted, metadata, format).ConfigureAwait(false);
    }
}

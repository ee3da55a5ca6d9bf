using Berth.Api;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Http;

/// <summary>Subresources that show the whole object and change one part of it: status, and others with rules of their own.</summary>
/// <param name="merge">From the object as it is and the one that the client sent to the one to be stored; null: the rules do that.</param>
public sealed class StatusHandler<T>(
    ResourceRegistry<T> registry, string subresource, ChangeRules rules, Func<T, T, T>? merge = null) : IApiHandler
    where T : class, IApiObject<T>
{
    public Task HandleAsync(ApiRequest request) => request.Info.Verb switch
    {
        "get" => ResourceHandler<T>.GetAsync(request, registry),
        "update" => UpdateAsync(request),
        "patch" => ObjectPatch.HandleAsync(request, registry, subresource, rules, merge),
        _ => throw ApiStatusException.MethodNotAllowed(),
    };

    private async Task UpdateAsync(ApiRequest request)
    {
        var format = ResponseFormat.For(request.Http.Request, custom: registry.Kind.IsCustom);
        var value = await BodyDecoder.DecodeAsync<T>(request, registry.Kind).ConfigureAwait(false);
        var change = new ObjectChange<T>(old => ValueTask.FromResult(merge is null ? value : merge(value, old)))
        {
            Subresource = subresource,
            Rules = rules,
        };
        var result = await registry.UpdateAsync(ResourceHandler<T>.KeyOf(request, registry.Kind), change, ResourceHandler<T>.ContextOf(request)).ConfigureAwait(false);
        await ResponseWriter.ObjectAsync(request, 200, result.Object, format).ConfigureAwait(false);
    }
}

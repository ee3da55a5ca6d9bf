using Berth.Api;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Http;

/// <summary>Server-side apply: the client states the fields that it wants and owns.</summary>
internal static class ObjectApply
{
    public static ObjectChange<T> Change<T>(ApiRequest request, ObjectKey key, ReadOnlyMemory<byte> body, string subresource)
        where T : class, IApiObject<T>
    {
        _ = (request, key, body, subresource);
        throw ApiStatusException.UnsupportedMediaType("the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json");
    }
}

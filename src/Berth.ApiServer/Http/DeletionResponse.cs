using Berth.Api.Meta.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Http;

/// <summary>What a client gets for a delete: the object while it is still there, else a Status that says which one went.</summary>
internal static class DeletionResponse
{
    public static Task WriteAsync(ApiRequest request, DeleteResult result, bool returnsObject, ResponseFormat format)
    {
        if (!result.IsGone || returnsObject)
            return ResponseWriter.ObjectAsync(request, 200, result.Object, format);
        var kind = result.Object.Kind;
        var status = new Status
        {
            StatusValue = "Success",
            Details = new StatusDetails
            {
                Name = result.Object.Key.Name,
                Group = kind.Group,
                Kind = kind.Plural,
                Uid = result.Object.Value.Metadata.Uid,
            },
        };
        return ResponseWriter.MessageAsync(request, 200, status, format with { Shape = ResponseShape.Object });
    }
}

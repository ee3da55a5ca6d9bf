using Berth.ApiServer.Http;

namespace Berth.ApiServer.Discovery;

/// <summary>Answers <c>/api</c>, <c>/apis</c> and what is directly below them.</summary>
public sealed class DiscoveryHandler(ApiPublication publication) : IApiHandler
{
    private const string AggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    public async Task HandleAsync(ApiRequest request)
    {
        var documents = await publication.DiscoveryAsync(request.Cancellation).ConfigureAwait(false);
        var path = request.Info.Path.TrimEnd('/');
        if (request.Info.Verb is not ("get" or "head" or "list"))
            throw ApiStatusException.MethodNotAllowed();
        if (path is "/api" or "/apis" && WantsAggregated(request.Http.Request.Headers.Accept.ToString()))
        {
            var document = path == "/api" ? documents.AggregatedCore : documents.AggregatedGroups;
            var tag = DiscoveryDocuments.ETag(document);
            request.Http.Response.Headers.ETag = tag;
            request.Http.Response.Headers.Vary = "Accept";
            if (request.Http.Request.Headers.IfNoneMatch.Contains(tag))
            {
                request.Http.Response.StatusCode = 304;
                return;
            }

            await ResponseWriter.BytesAsync(request.Http, 200, AggregatedType, document).ConfigureAwait(false);
            return;
        }

        var found = documents.Find(path) ?? throw ApiStatusException.UnknownPath();
        await ResponseWriter.JsonAsync(request, 200, found).ConfigureAwait(false);
    }

    private static bool WantsAggregated(string accept)
    {
        foreach (var (type, parameters) in ResponseFormat.Clauses(accept))
        {
            if (type is not ("application/json" or "*/*" or "application/*"))
                continue;
            if (!parameters.TryGetValue("as", out var shape))
                return false;
            if (shape == "APIGroupDiscoveryList" && parameters.GetValueOrDefault("g") == "apidiscovery.k8s.io" && parameters.GetValueOrDefault("v") == "v2")
                return true;
        }

        return false;
    }
}

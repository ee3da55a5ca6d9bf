using System.Globalization;
using Berth.ApiServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Berth.ApiServer.OpenApi;

/// <summary>Answers <c>/openapi/v2</c>, <c>/openapi/v3</c> and what is below it.</summary>
public sealed class OpenApiHandler(Func<CancellationToken, ValueTask<OpenApiDocuments>> publication) : IApiHandler
{
    private const string JsonType = "application/json";
    private const string V2Proto = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    private const string V3Proto = "application/com.github.proto-openapi.spec.v3.v1.0+protobuf";

    /// <summary>Puts the handler at its paths.</summary>
    public void Register(PathTable paths)
    {
        paths.Add("/openapi/v2", this);
        paths.Add("/openapi/v3", this);
        paths.Add("/openapi/v3/", this);
    }

    public async Task HandleAsync(ApiRequest request)
    {
        if (request.Http.Request.Method is not ("GET" or "HEAD"))
            throw ApiStatusException.MethodNotAllowed();
        var path = request.Info.Path.TrimEnd('/');
        var documents = await publication(request.Cancellation).ConfigureAwait(false);
        if (path == "/openapi/v3")
        {
            await ResponseWriter.BytesAsync(request.Http, 200, JsonType, documents.V3Index).ConfigureAwait(false);
            return;
        }

        var isV2 = path == "/openapi/v2";
        var document = isV2 ? documents.V2 : documents.V3(path["/openapi/v3/".Length..]);
        if (document is null)
            throw ApiStatusException.UnknownPath();

        var http = request.Http;
        var type = Choose(http.Request.Headers.Accept.ToString(), isV2 ? V2Proto : V3Proto);
        if (type is null)
        {
            http.Response.StatusCode = 406;
            return;
        }

        var hash = http.Request.Query["hash"].ToString();
        if (!isV2 && hash.Length > 0)
        {
            if (hash != document.Hash)
            {
                http.Response.Redirect($"{path}?hash={document.Hash}", permanent: true);
                return;
            }

            // The hash is part of the address: what is there never changes.
            http.Response.Headers.CacheControl = "public, immutable";
            http.Response.Headers.Expires = request.Now.AddYears(1).ToString("R", CultureInfo.InvariantCulture);
        }
        else
        {
            http.Response.Headers.CacheControl = "no-cache, private";
        }

        var tag = $"\"{document.Hash}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.Vary = new StringValues(["Accept-Encoding", "Accept"]);
        if (http.Request.Headers.IfNoneMatch.Any(m => m is not null && m.Contains(tag, StringComparison.Ordinal)))
        {
            http.Response.StatusCode = 304;
            return;
        }

        await SendAsync(http, type, document, type == JsonType).ConfigureAwait(false);
    }

    private static async Task SendAsync(HttpContext http, string type, OpenApiDocument document, bool json)
    {
        http.Response.ContentType = type;
        var compressed = http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal) && HttpMethods.IsGet(http.Request.Method);
        if (compressed)
            http.Response.Headers.ContentEncoding = "gzip";
        var bytes = compressed ? document.Compressed(json) : json ? document.Json : document.Proto;
        http.Response.ContentLength = bytes.Length;
        if (HttpMethods.IsGet(http.Request.Method))
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The type to answer with; null when the client takes neither.</summary>
    private static string? Choose(string accept, string proto)
    {
        if (accept.Length == 0)
            return JsonType;
        foreach (var clause in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var type = clause.Split(';')[0].Trim();
            if (type is JsonType or "application/*" or "*/*")
                return JsonType;

            // Older clients write the version behind an "@".
            if (type.Replace("@v1.0", ".v1.0", StringComparison.Ordinal) == proto)
                return proto;
        }

        return null;
    }
}

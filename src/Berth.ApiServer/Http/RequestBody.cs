using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Berth.ApiServer.Http;

/// <summary>Reads request bodies within their limit.</summary>
internal static class RequestBody
{
    /// <summary>As kube-apiserver: room for the largest object (1.5 MiB) as JSON with escapes, or for a patch of it.</summary>
    public const int BytesMax = 3 * 1024 * 1024;

    /// <exception cref="ApiStatusException">413: the body is longer than <see cref="BytesMax"/>.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > BytesMax)
            throw TooLarge();
        var cancellation = request.HttpContext.RequestAborted;
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && encoding is not ("gzip" or "identity"))
            throw ApiStatusException.UnsupportedMediaType($"the body's Content-Encoding \"{encoding}\" is not supported: send gzip or none");
        await using var decompressed = encoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true) : null;
        var stream = decompressed ?? request.Body;
        var buffer = new ArrayBufferWriter<byte>(request.ContentLength is > 0 and var length ? (int)length : 4096);
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer.GetMemory(4096), cancellation);
                if (read == 0)
                    return buffer.WrittenMemory;
                buffer.Advance(read);
                if (buffer.WrittenCount > BytesMax)
                    throw TooLarge();
            }
        }
        catch (InvalidDataException e)
        {
            throw ApiStatusException.BadRequest($"the body is not gzip: {e.Message}");
        }
        catch (BadHttpRequestException e)
        {
            throw e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge() : ApiStatusException.BadRequest(e.Message);
        }
    }

    private static ApiStatusException TooLarge() =>
        ApiStatusException.RequestEntityTooLarge($"Request entity too large: limit is {BytesMax}");
}

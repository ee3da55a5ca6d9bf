using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.OpenApi;

/// <summary>
/// One finished document in both of its forms, each held as it travels: compressed, a fifteenth of its length. Immutable; the
/// protobuf form is made when it is first asked for.
/// </summary>
public sealed class OpenApiDocument
{
    private readonly byte[] _json;
    private readonly Lazy<byte[]> _proto;

    internal OpenApiDocument(byte[] json, GnosticMessage message)
    {
        _json = Compress(json);
        Hash = Convert.ToHexString(SHA512.HashData(json));
        _proto = new Lazy<byte[]>(() => Compress(GnosticEncoder.Encode((JsonObject)JsonTree.Parse(Json)!, message)));
    }

    public byte[] Json => Decompress(_json);

    /// <summary>The document as gnostic's protobuf message.</summary>
    public byte[] Proto => Decompress(_proto.Value);

    /// <summary>Of the JSON form, for both forms: changes when, and only when, the document does.</summary>
    public string Hash { get; }

    /// <summary>A form as gzip.</summary>
    public byte[] Compressed(bool json) => json ? _json : _proto.Value;

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream(bytes.Length / 8);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return compressed.ToArray();
    }

    private static byte[] Decompress(byte[] bytes)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var plain = new MemoryStream(bytes.Length * 8);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}

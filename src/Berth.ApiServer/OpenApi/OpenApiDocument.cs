using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.OpenApi;

/// <summary>One finished document in both of its forms. Immutable; the protobuf form is made when it is first asked for.</summary>
public sealed class OpenApiDocument
{
    private readonly Lazy<byte[]> _proto;

    internal OpenApiDocument(byte[] json, GnosticMessage message)
    {
        Json = json;
        Hash = Convert.ToHexString(SHA512.HashData(json));
        _proto = new Lazy<byte[]>(() => GnosticEncoder.Encode((JsonObject)JsonTree.Parse(json)!, message));
    }

    public byte[] Json { get; }

    /// <summary>The document as gnostic's protobuf message.</summary>
    public byte[] Proto => _proto.Value;

    /// <summary>Of the JSON form, for both forms: changes when, and only when, the document does.</summary>
    public string Hash { get; }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Berth.ApiServer.Pki;

/// <summary>
/// The ECDSA P-256 key that signs service-account tokens (JWS algorithm ES256), and its public half as others need it to
/// verify them. Thread-safe.
/// </summary>
public sealed class ServiceAccountKey : IDisposable
{
    private readonly ECDsa _key;

    // The platform's key handles are not promised to be safe for concurrent use.
    private readonly Lock _use = new();

    private ServiceAccountKey(ECDsa key)
    {
        _key = key;
        KeyId = Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>The <c>kid</c> in tokens and in the key set: base64url of the SHA-256 of the public key (SPKI).</summary>
    public string KeyId { get; }

    public string PublicPem => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    public static ServiceAccountKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(includePrivateParameters: true) is not { D: not null, Curve.Oid.Value: "1.2.840.10045.3.1.7" })
                throw new CryptographicException("the key is not a private key on the curve P-256");
            return new(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    internal static ServiceAccountKey LoadOrCreate(PkiDirectory directory)
    {
        const string Name = "sa.key";
        if (directory.ReadText(Name) is not { } pem)
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            pem = made.ExportPkcs8PrivateKeyPem() + "\n";
            directory.Write(Name, pem);
        }

        try
        {
            return FromPem(pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new PkiException(
                directory.PathOf(Name),
                $"does not hold a P-256 private key in PEM ({e.Message})",
                "Restore it from a backup; or move it away and start again: a new key is made, and pods get new tokens within minutes",
                e);
        }
    }

    /// <summary>The 64 bytes r and s, as JWS wants them.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_use)
            return _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_use)
            return _key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>The document at /openid/v1/jwks.</summary>
    public byte[] KeySetJson()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return Json(writer =>
        {
            writer.WriteStartArray("keys"u8);
            writer.WriteStartObject();
            writer.WriteString("use"u8, "sig"u8);
            writer.WriteString("kty"u8, "EC"u8);
            writer.WriteString("kid"u8, KeyId);
            writer.WriteString("crv"u8, "P-256"u8);
            writer.WriteString("alg"u8, "ES256"u8);
            writer.WriteString("x"u8, Base64Url.EncodeToString(point.X));
            writer.WriteString("y"u8, Base64Url.EncodeToString(point.Y));
            writer.WriteEndObject();
            writer.WriteEndArray();
        });
    }

    /// <summary>The document at /.well-known/openid-configuration.</summary>
    /// <param name="keySetUri">Where relying parties fetch <see cref="KeySetJson"/>.</param>
    public static byte[] DiscoveryJson(string issuer, string keySetUri) => Json(writer =>
    {
        writer.WriteString("issuer"u8, issuer);
        writer.WriteString("jwks_uri"u8, keySetUri);
        WriteOne(writer, "response_types_supported", "id_token");
        WriteOne(writer, "subject_types_supported", "public");
        WriteOne(writer, "id_token_signing_alg_values_supported", "ES256");
    });

    public void Dispose() => _key.Dispose();

    private static void WriteOne(Utf8JsonWriter writer, string name, string value)
    {
        writer.WriteStartArray(name);
        writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Berth.Api.ApiJson.WriterOptions))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}

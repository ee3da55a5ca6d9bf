using System.Security.Cryptography;
using System.Text;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Pki;

/// <summary>
/// Keeps Secrets encrypted in the store: AES-256-GCM with a random nonce for each write, and the storage key as associated
/// data, so that one value cannot be put in another's place. Stored form: <c>berth:enc:aesgcm:v1:</c>, 12 bytes of nonce,
/// ciphertext, 16 bytes of tag. Values that were stored plain are read as they are and encrypted by their next write.
/// Other kinds pass through. Thread-safe.
/// </summary>
/// <remarks>
/// A random 96-bit nonce is safe for 2^32 writes under one key (NIST SP 800-38D, 8.3): 4 billion Secret writes.
/// </remarks>
public sealed class SecretEncryption(EncryptionKey key) : IValueTransformer
{
    private const string SecretsPrefix = "/registry/core/secrets/";
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private static ReadOnlySpan<byte> Prefix => "berth:enc:aesgcm:v1:"u8;

    private static ReadOnlySpan<byte> AnyVersionPrefix => "berth:enc:"u8;

    public ReadOnlyMemory<byte> ToStorage(string storageKey, ReadOnlyMemory<byte> value)
    {
        if (!storageKey.StartsWith(SecretsPrefix, StringComparison.Ordinal)) return value;

        var stored = new byte[Prefix.Length + NonceBytes + value.Length + TagBytes];
        Prefix.CopyTo(stored);
        var nonce = stored.AsSpan(Prefix.Length, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        var cipher = stored.AsSpan(Prefix.Length + NonceBytes, value.Length);
        using var aes = new AesGcm(key.Bytes, TagBytes);
        aes.Encrypt(nonce, value.Span, cipher, stored.AsSpan(stored.Length - TagBytes), Encoding.UTF8.GetBytes(storageKey));
        return stored;
    }

    public ReadOnlyMemory<byte> FromStorage(string storageKey, ReadOnlyMemory<byte> stored)
    {
        var bytes = stored.Span;
        if (!bytes.StartsWith(AnyVersionPrefix) || !storageKey.StartsWith(SecretsPrefix, StringComparison.Ordinal)) return stored;
        if (!bytes.StartsWith(Prefix))
            throw new ValueTransformException($"{storageKey}: the stored value was encrypted by a newer berth; run that version");
        var body = bytes[Prefix.Length..];
        if (body.Length < NonceBytes + TagBytes)
            throw new ValueTransformException($"{storageKey}: the stored value is cut short ({bytes.Length} bytes); restore the store from a backup");

        var value = new byte[body.Length - NonceBytes - TagBytes];
        try
        {
            using var aes = new AesGcm(key.Bytes, TagBytes);
            aes.Decrypt(body[..NonceBytes], body[NonceBytes..^TagBytes], body[^TagBytes..], value, Encoding.UTF8.GetBytes(storageKey));
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new ValueTransformException(
                $"{storageKey}: the stored value does not open with the key in {key.Path}: the key was replaced, or the value was altered or moved. Restore the key file that belongs to this store",
                e);
        }

        return value;
    }
}

using System.Security.Cryptography;

namespace Berth.ApiServer.Pki;

/// <summary>The 256-bit key under which Secrets lie in the store, kept in DATA/pki/encryption-key as base64.</summary>
public sealed class EncryptionKey
{
    internal const string FileName = "encryption-key";
    private const int SizeBytes = 32;

    private readonly byte[] _bytes;

    /// <param name="path">Named in errors.</param>
    public EncryptionKey(ReadOnlySpan<byte> bytes, string path)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, SizeBytes);
        _bytes = bytes.ToArray();
        Path = path;
    }

    public string Path { get; }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    internal static EncryptionKey LoadOrCreate(PkiDirectory directory)
    {
        var path = directory.PathOf(FileName);
        if (directory.ReadText(FileName) is not { } text)
        {
            var made = RandomNumberGenerator.GetBytes(SizeBytes);
            directory.Write(FileName, Convert.ToBase64String(made) + "\n");
            return new(made, path);
        }

        Span<byte> bytes = stackalloc byte[SizeBytes + 1];
        if (!Convert.TryFromBase64String(text.Trim(), bytes, out var length) || length != SizeBytes)
            throw new PkiException(path, "does not hold a 256-bit key in base64", "Restore it from a backup: without it the Secrets in the store cannot be read");
        return new(bytes[..length], path);
    }
}

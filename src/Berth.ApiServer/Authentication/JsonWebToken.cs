using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Berth.ApiServer.Pki;

namespace Berth.ApiServer.Authentication;

/// <summary>
/// The compact form of signed tokens (RFC 7515): header.payload.signature. Only ES256 with our own key is known: a token
/// that names another algorithm or key is not ours, whatever it holds.
/// </summary>
internal static class JsonWebToken
{
    /// <summary>Far above any token of ours (about 1 KiB), so that nobody makes the server hash megabytes.</summary>
    public const int LengthMax = 16 * 1024;

    public static string Sign(ServiceAccountKey key, byte[] payload)
    {
        var header = $$"""{"alg":"ES256","kid":"{{key.KeyId}}"}""";
        var signed = $"{Base64Url.EncodeToString(Encoding.ASCII.GetBytes(header))}.{Base64Url.EncodeToString(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The payload of a token that <paramref name="key"/> has signed; null of any other.</summary>
    public static byte[]? Open(ServiceAccountKey key, string token)
    {
        if (token.Length > LengthMax || !Ascii.IsValid(token)) return null;
        var bytes = Encoding.ASCII.GetBytes(token);
        var firstDot = bytes.AsSpan().IndexOf((byte)'.');
        var lastDot = bytes.AsSpan().LastIndexOf((byte)'.');
        if (firstDot <= 0 || lastDot == firstDot || bytes.AsSpan(firstDot + 1, lastDot - firstDot - 1).Contains((byte)'.')) return null;

        if (Decode(bytes.AsSpan(0, firstDot)) is not { } header
            || Decode(bytes.AsSpan(firstDot + 1, lastDot - firstDot - 1)) is not { } payload
            || Decode(bytes.AsSpan(lastDot + 1)) is not { } signature)
            return null;

        return IsOurs(header, key.KeyId) && key.Verify(bytes.AsSpan(0, lastDot), signature) ? payload : null;
    }

    private static bool IsOurs(byte[] header, string keyId)
    {
        try
        {
            using var document = JsonDocument.Parse(header);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("alg"u8, out var algorithm) && algorithm.ValueKind == JsonValueKind.String && algorithm.ValueEquals("ES256"u8)
                && root.TryGetProperty("kid"u8, out var kid) && kid.ValueKind == JsonValueKind.String && kid.ValueEquals(keyId)
                // RFC 7515, 4.1.11: extensions that must be understood, and we know none.
                && !root.TryGetProperty("crit"u8, out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        // The decoder would skip white space and take padding; RFC 7515 knows neither, and two spellings of one token must not pass.
        if (text.ContainsAny(" \t\r\n="u8)) return null;
        try
        {
            return Base64Url.DecodeFromUtf8(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

using System.Globalization;
using System.Text;
using Berth.Api;

namespace Berth.Controllers.Pods;

/// <summary>Short names for the content of templates: 32-bit FNV-1a, written in characters that make no words.</summary>
public static class TemplateHash
{
    // Kubernetes' alphabet for generated names: no vowels and none of 0, 1, 3, which read like letters.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <param name="collisions">Counts up when two contents had the same hash; null and 0 differ.</param>
    public static string Of(IMessage content, int? collisions) => Of(ApiJson.Serialize(content), collisions);

    /// <inheritdoc cref="Of(IMessage, int?)"/>
    public static string Of(ReadOnlySpan<byte> content, int? collisions)
    {
        var hash = Add(2166136261, content);
        if (collisions is { } count)
            hash = Add(hash, Encoding.ASCII.GetBytes(count.ToString(CultureInfo.InvariantCulture)));
        var digits = hash.ToString(CultureInfo.InvariantCulture);
        return string.Create(digits.Length, digits, static (name, digits) =>
        {
            for (var i = 0; i < name.Length; i++)
                name[i] = Alphabet[digits[i] % Alphabet.Length];
        });
    }

    private static uint Add(uint hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            hash = (hash ^ b) * 16777619;
        return hash;
    }
}

namespace Berth.Resources.Allocation;

/// <summary>FNV-1a over 64-bit words: the same in every process, unlike the framework's hash codes.</summary>
internal static class Fnv
{
    public const ulong Basis = 14695981039346656037;

    public static ulong Mix(ulong hash, ulong value) => unchecked((hash ^ value) * 1099511628211) ^ (hash >> 29);
}

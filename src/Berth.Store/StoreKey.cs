using System.Text;

namespace Berth.Store;

/// <summary>
/// What keys may be and how they are ordered: by UTF-8 bytes, as SQLite and etcd order them, which for characters beyond
/// U+FFFF is not .NET's ordinal order.
/// </summary>
public static class StoreKey
{
    /// <summary>Key order, for sorted collections.</summary>
    public static IComparer<string> Order { get; } = Comparer<string>.Create(Compare);

    public static int Compare(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length) return left.Length.CompareTo(right.Length);
        return Weight(left[common]).CompareTo(Weight(right[common]));
    }

    /// <summary>Throws unless the key is 1 to <see cref="StoreLimits.KeyBytes"/> bytes of valid Unicode without NUL.</summary>
    internal static void Check(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        CheckText(key);
    }

    /// <summary>As <see cref="Check"/>, but a prefix may be empty.</summary>
    internal static void CheckPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        CheckText(prefix);
    }

    /// <summary>The least string greater than every key with the prefix; null when there is none.</summary>
    internal static string? PrefixEnd(string prefix)
    {
        for (var end = prefix; end.Length > 0;)
        {
            Rune.DecodeLastFromUtf16(end, out var last, out var length);
            end = end[..^length];
            if (last.Value == 0x10FFFF) continue;
            var next = last.Value == 0xD7FF ? 0xE000 : last.Value + 1;
            return end + new Rune(next);
        }

        return null;
    }

    private static void CheckText(string text)
    {
        if (Ascii.IsValid(text))
        {
            if (text.Length <= StoreLimits.KeyBytes && !text.Contains('\0')) return;
        }
        else if (IsWellFormed(text) && !text.Contains('\0') && Encoding.UTF8.GetByteCount(text) <= StoreLimits.KeyBytes)
        {
            return;
        }

        throw new ArgumentException($"a key is at most {StoreLimits.KeyBytes} bytes of valid Unicode without NUL, not \"{text}\"");
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune)) return false;
            i += rune.Utf16SequenceLength;
        }

        return true;
    }

    // Surrogates stand for characters beyond U+FFFF, so they sort after U+E000 to U+FFFF.
    private static int Weight(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}

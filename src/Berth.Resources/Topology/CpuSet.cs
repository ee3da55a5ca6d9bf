using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Berth.Resources.Topology;

/// <summary>A set of logical CPUs by the kernel's numbers. Immutable, compared by value; enumerates in ascending order.</summary>
public sealed class CpuSet : IEquatable<CpuSet>, IReadOnlyCollection<int>
{
    // The kernel's own limit is 8192 (CONFIG_NR_CPUS on the largest builds); a text that names more is damaged.
    public const int IdMax = 8191;

    // No trailing zero words, so that equal sets have equal arrays.
    private readonly ulong[] _words;

    private CpuSet(ulong[] words)
    {
        var length = words.Length;
        while (length > 0 && words[length - 1] == 0)
            length--;
        _words = length == words.Length ? words : words[..length];
    }

    public static CpuSet Empty { get; } = new([]);

    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in _words)
                count += BitOperations.PopCount(word);
            return count;
        }
    }

    public bool IsEmpty => _words.Length == 0;

    /// <summary>Lowest member; -1 in an empty set.</summary>
    public int First
    {
        get
        {
            for (var i = 0; i < _words.Length; i++)
            {
                if (_words[i] != 0)
                    return (i << 6) + BitOperations.TrailingZeroCount(_words[i]);
            }

            return -1;
        }
    }

    public static CpuSet Of(params IEnumerable<int> cpus)
    {
        var words = Array.Empty<ulong>();
        foreach (var cpu in cpus)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(cpu);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(cpu, IdMax);
            if (cpu >> 6 >= words.Length)
                Array.Resize(ref words, (cpu >> 6) + 1);
            words[cpu >> 6] |= 1UL << (cpu & 63);
        }

        return words.Length == 0 ? Empty : new(words);
    }

    /// <summary>From the kernel's list form, such as <c>0-3,8</c>.</summary>
    public static bool TryParse(string text, out CpuSet set)
    {
        set = Empty;
        var words = Array.Empty<ulong>();
        foreach (var part in text.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (!TryId(dash < 0 ? part : part[..dash], out var first) || !TryId(dash < 0 ? part : part[(dash + 1)..], out var last) || last < first)
                return false;
            if (last >> 6 >= words.Length)
                Array.Resize(ref words, (last >> 6) + 1);
            for (var cpu = first; cpu <= last; cpu++)
                words[cpu >> 6] |= 1UL << (cpu & 63);
        }

        set = words.Length == 0 ? Empty : new(words);
        return true;
    }

    /// <exception cref="FormatException">The text is no list of CPUs.</exception>
    public static CpuSet Parse(string text) => TryParse(text, out var set) ? set : throw new FormatException($"\"{text}\" is not a list of CPUs such as 0-3,8");

    public static CpuSet operator |(CpuSet left, CpuSet right)
    {
        if (left._words.Length < right._words.Length)
            (left, right) = (right, left);
        if (right.IsEmpty)
            return left;
        var words = left._words.ToArray();
        for (var i = 0; i < right._words.Length; i++)
            words[i] |= right._words[i];
        return new(words);
    }

    public static CpuSet operator &(CpuSet left, CpuSet right)
    {
        var words = new ulong[Math.Min(left._words.Length, right._words.Length)];
        for (var i = 0; i < words.Length; i++)
            words[i] = left._words[i] & right._words[i];
        return new(words);
    }

    /// <summary>Members of the left that are not in the right.</summary>
    public static CpuSet operator -(CpuSet left, CpuSet right)
    {
        if (right.IsEmpty)
            return left;
        var words = left._words.ToArray();
        for (var i = 0; i < Math.Min(words.Length, right._words.Length); i++)
            words[i] &= ~right._words[i];
        return new(words);
    }

    public static bool operator ==(CpuSet? left, CpuSet? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(CpuSet? left, CpuSet? right) => !(left == right);

    public bool Contains(int cpu) => cpu >= 0 && cpu >> 6 < _words.Length && (_words[cpu >> 6] & (1UL << (cpu & 63))) != 0;

    public bool Overlaps(CpuSet other) => CountOf(other) > 0;

    public bool IsSubsetOf(CpuSet other) => CountOf(other) == Count;

    /// <summary>Members that both have, without making a set of them.</summary>
    public int CountOf(CpuSet other)
    {
        var count = 0;
        for (var i = 0; i < Math.Min(_words.Length, other._words.Length); i++)
            count += BitOperations.PopCount(_words[i] & other._words[i]);
        return count;
    }

    public bool Equals(CpuSet? other) => other is not null && _words.AsSpan().SequenceEqual(other._words);

    public override bool Equals(object? obj) => Equals(obj as CpuSet);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var word in _words)
            hash.Add(word);
        return hash.ToHashCode();
    }

    public IEnumerator<int> GetEnumerator()
    {
        for (var i = 0; i < _words.Length; i++)
        {
            for (var rest = _words[i]; rest != 0; rest &= rest - 1)
                yield return (i << 6) + BitOperations.TrailingZeroCount(rest);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The kernel's list form; empty for no CPU.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        int first = -1, last = -1;
        foreach (var cpu in this)
        {
            if (cpu == last + 1 && first >= 0)
            {
                last = cpu;
                continue;
            }

            Append(text, first, last);
            (first, last) = (cpu, cpu);
        }

        Append(text, first, last);
        return text.ToString();
    }

    private static bool TryId(string text, out int id) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out id) && id <= IdMax;

    private static void Append(StringBuilder text, int first, int last)
    {
        if (first < 0)
            return;
        if (text.Length > 0)
            text.Append(',');
        text.Append(CultureInfo.InvariantCulture, $"{first}");
        if (last > first)
            text.Append(CultureInfo.InvariantCulture, $"-{last}");
    }
}

using System.Numerics;

namespace Berth.Resources.Topology;

/// <summary>A set of NUMA nodes by the kernel's numbers, 0 to 63.</summary>
public readonly record struct NumaSet(ulong Bits)
{
    // Machines with more nodes than bits here do not exist outside of laboratories; the reader of a topology refuses them.
    public const int IdMax = 63;

    public static NumaSet None => default;

    public int Count => BitOperations.PopCount(Bits);

    public bool IsEmpty => Bits == 0;

    public static NumaSet Of(int node) => new(1UL << node);

    public static NumaSet Of(IEnumerable<int> nodes) => new(nodes.Aggregate(0UL, static (bits, node) => bits | (1UL << node)));

    /// <summary>From the kernel's list form.</summary>
    public static bool TryParse(string text, out NumaSet set)
    {
        set = default;
        if (!CpuSet.TryParse(text, out var ids) || ids.Any(id => id > IdMax))
            return false;
        set = Of(ids);
        return true;
    }

    public static NumaSet operator |(NumaSet left, NumaSet right) => new(left.Bits | right.Bits);

    public static NumaSet operator &(NumaSet left, NumaSet right) => new(left.Bits & right.Bits);

    public bool Contains(int node) => (Bits & (1UL << node)) != 0;

    public bool Overlaps(NumaSet other) => (Bits & other.Bits) != 0;

    public bool IsSubsetOf(NumaSet other) => (Bits & ~other.Bits) == 0;

    public IEnumerable<int> Members()
    {
        for (var rest = Bits; rest != 0; rest &= rest - 1)
            yield return BitOperations.TrailingZeroCount(rest);
    }

    /// <summary>The kernel's list form, such as <c>0-1</c>.</summary>
    public override string ToString() => CpuSet.Of(Members()).ToString();
}

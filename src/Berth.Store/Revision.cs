using System.Globalization;

namespace Berth.Store;

/// <summary>
/// A point in the store's history: the number of transactions that had changed something when it was reached.
/// One counter serves the whole store; <see cref="None"/> is the empty store before its first write and, in a condition,
/// means "the key must not exist".
/// </summary>
public readonly record struct Revision(long Value) : IComparable<Revision>
{
    public static Revision None => default;

    /// <summary>The largest revision a store can reach: 53 bits, so that any JSON reader holds it exactly.</summary>
    public static Revision Max => new((1L << 53) - 1);

    public Revision Next => new(Value + 1);

    public int CompareTo(Revision other) => Value.CompareTo(other.Value);

    public static bool operator <(Revision left, Revision right) => left.Value < right.Value;

    public static bool operator >(Revision left, Revision right) => left.Value > right.Value;

    public static bool operator <=(Revision left, Revision right) => left.Value <= right.Value;

    public static bool operator >=(Revision left, Revision right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

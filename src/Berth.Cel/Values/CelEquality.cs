namespace Berth.Cel.Values;

/// <summary>Equality and order across types: numbers compare by what they amount to, all else by type first.</summary>
public static class CelEquality
{
    /// <summary>For keys of maps, where 1, 1u and 1.0 are the same.</summary>
    public static IEqualityComparer<CelValue> Comparer { get; } = new KeyComparer();

    public static bool AreEqual(CelValue left, CelValue right)
    {
        if (ReferenceEquals(left, right) && left is CelBool or CelInt or CelUint or CelString or CelNull)
            return true;
        return IsNumber(left) && IsNumber(right) ? CompareNumbers(left, right) == 0 : left.EqualTo(right);
    }

    public static bool IsNumber(CelValue value) => value is CelInt or CelUint or CelDouble;

    /// <returns>Null when one of them is not a number (NaN).</returns>
    public static int? CompareNumbers(CelValue left, CelValue right) => (left, right) switch
    {
        (CelInt a, CelInt b) => a.Value.CompareTo(b.Value),
        (CelUint a, CelUint b) => a.Value.CompareTo(b.Value),
        (CelDouble a, CelDouble b) => double.IsNaN(a.Value) || double.IsNaN(b.Value) ? null : a.Value.CompareTo(b.Value) is var order && a.Value == b.Value ? 0 : order,
        (CelInt a, CelUint b) => a.Value < 0 ? -1 : ((ulong)a.Value).CompareTo(b.Value),
        (CelUint a, CelInt b) => b.Value < 0 ? 1 : a.Value.CompareTo((ulong)b.Value),
        (CelDouble a, CelInt b) => Compare(a.Value, b.Value),
        (CelDouble a, CelUint b) => Compare(a.Value, b.Value),
        (CelInt a, CelDouble b) => -Compare(b.Value, a.Value),
        (CelUint a, CelDouble b) => -Compare(b.Value, a.Value),
        _ => null,
    };

    /// <returns>Null when the two have no order; errors are for the caller to word.</returns>
    public static int? Compare(CelValue left, CelValue right) => (left, right) switch
    {
        (CelBool a, CelBool b) => a.Value.CompareTo(b.Value),
        (CelString a, CelString b) => CelString.Compare(a.Value, b.Value),
        (CelBytes a, CelBytes b) => Math.Sign(a.Value.SequenceCompareTo(b.Value)),
        (CelTimestamp a, CelTimestamp b) => a.TotalNanos.CompareTo(b.TotalNanos),
        (CelDuration a, CelDuration b) => a.Nanos.CompareTo(b.Nanos),
        _ => CompareNumbers(left, right),
    };

    // Exact: a double of 2^63 is above every long.
    private static int? Compare(double left, Int128 right)
    {
        if (double.IsNaN(left))
            return null;
        if (left >= 1e30)
            return 1;
        if (left <= -1e30)
            return -1;
        var whole = (Int128)Math.Floor(left);
        var order = whole.CompareTo(right);
        return order != 0 ? order : left > Math.Floor(left) ? 1 : 0;
    }

    private sealed class KeyComparer : IEqualityComparer<CelValue>
    {
        public bool Equals(CelValue? x, CelValue? y) => x is not null && y is not null && AreEqual(x, y);

        public int GetHashCode(CelValue value) => value switch
        {
            CelInt i => i.Value.GetHashCode(),
            CelUint u => u.Value <= long.MaxValue ? ((long)u.Value).GetHashCode() : u.Value.GetHashCode(),
            CelDouble d => d.Value == Math.Floor(d.Value) && Math.Abs(d.Value) < 9.2e18 ? ((long)d.Value).GetHashCode() : d.Value.GetHashCode(),
            CelString s => s.Value.GetHashCode(StringComparison.Ordinal),
            CelBool b => b.Value ? 1 : 2,
            _ => (int)value.Type.Kind,
        };
    }
}

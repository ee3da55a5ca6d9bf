using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Functions;

/// <summary>What can be done with lists, and with lists as sets.</summary>
internal static class ListFunctions
{
    // As long as a list that honest expressions make; what is longer would only burn memory before its cost is known.
    private const int RangeMax = 1_000_000;

    private static readonly CelType s_a = CelType.Parameter("A");
    private static readonly CelType[] s_ordered =
        [CelType.Int, CelType.Uint, CelType.Double, CelType.Bool, CelType.Duration, CelType.Timestamp, CelType.String, CelType.Bytes];

    public static void Declare(FunctionTable table)
    {
        foreach (var type in s_ordered)
        {
            table.Member("isSorted", [CelType.List(type)], CelType.Bool, static a => IsSorted((CelList)a[0]));
            table.Member("max", [CelType.List(type)], type, static a => Extreme((CelList)a[0], "max", 1));
            table.Member("min", [CelType.List(type)], type, static a => Extreme((CelList)a[0], "min", -1));
            table.Member("sort", [CelType.List(type)], CelType.List(type), static a => SortBy((CelList)a[0], Items((CelList)a[0])));
        }

        table.Member("sum", [CelType.List(CelType.Int)], CelType.Int, static a => Sum((CelList)a[0], new CelInt(0)));
        table.Member("sum", [CelType.List(CelType.Uint)], CelType.Uint, static a => Sum((CelList)a[0], new CelUint(0)));
        table.Member("sum", [CelType.List(CelType.Double)], CelType.Double, static a => Sum((CelList)a[0], new CelDouble(0)));
        table.Member("sum", [CelType.List(CelType.Duration)], CelType.Duration, static a => Sum((CelList)a[0], new CelDuration(0)));
        table.Member("indexOf", [CelType.List(s_a), s_a], CelType.Int, static a => (long)Items((CelList)a[0]).FindIndex(Same(a[1])));
        table.Member("lastIndexOf", [CelType.List(s_a), s_a], CelType.Int, static a => (long)Items((CelList)a[0]).FindLastIndex(Same(a[1])));
        table.Member("slice", [CelType.List(s_a), CelType.Int, CelType.Int], CelType.List(s_a), static a => Slice((CelList)a[0], Int(a[1]), Int(a[2])));
        table.Member("flatten", [CelType.List(CelType.List(s_a))], CelType.List(s_a), static a => Flatten((CelList)a[0], 1));
        table.Member("flatten", [CelType.ListOfDyn], CelType.ListOfDyn, static a => Flatten((CelList)a[0], 1));
        table.Member("flatten", [CelType.ListOfDyn, CelType.Int], CelType.ListOfDyn, static a => Int(a[1]) < 0 ? new CelError("level must be non-negative") : Flatten((CelList)a[0], Int(a[1])));
        table.Add("lists.range", [CelType.Int], CelType.List(CelType.Int), static a => Int(a[0]) > RangeMax
            ? new CelError($"lists.range: {a[0]} is more than {RangeMax}")
            : CelList.Of([.. Enumerable.Range(0, (int)Math.Max(0, Int(a[0]))).Select(i => new CelInt(i))]));
        table.Member("reverse", [CelType.List(s_a)], CelType.List(s_a), static a =>
        {
            var items = Items((CelList)a[0]);
            items.Reverse();
            return CelList.Of(items);
        });
        table.Member("distinct", [CelType.List(s_a)], CelType.List(s_a), static a => CelList.Of([.. Items((CelList)a[0]).Distinct(CelEquality.Comparer)]));
        var list = CelType.List(s_a);
        table.Add("sets.contains", [list, list], CelType.Bool, static a => Covers((CelList)a[0], (CelList)a[1]));
        table.Add("sets.equivalent", [list, list], CelType.Bool, static a => Covers((CelList)a[0], (CelList)a[1]) && Covers((CelList)a[1], (CelList)a[0]));
        table.Add("sets.intersects", [list, list], CelType.Bool, static a =>
        {
            var known = new HashSet<CelValue>(Items((CelList)a[0]), CelEquality.Comparer);
            return Items((CelList)a[1]).Exists(known.Contains);
        });
    }

    /// <summary>Stable.</summary>
    public static CelValue SortBy(CelList list, List<CelValue> keys)
    {
        for (var i = 1; i < keys.Count; i++)
        {
            if (CelEquality.Compare(keys[0], keys[i]) is null || keys[0].Type.Kind != keys[i].Type.Kind)
                return new CelError("list elements must have the same type");
        }

        if (keys.Count == 1 && CelEquality.Compare(keys[0], keys[0]) is null)
            return new CelError("list elements must be comparable");
        return CelList.Of([.. Enumerable.Range(0, list.Count).Order(Comparer<int>.Create((x, y) =>
            CelEquality.Compare(keys[x], keys[y]) is { } order and not 0 ? order : x.CompareTo(y))).Select(i => list[i])]);
    }

    public static List<CelValue> Items(CelList list)
    {
        var items = new List<CelValue>(list.Count);
        for (var i = 0; i < list.Count; i++)
            items.Add(list[i]);
        return items;
    }

    private static long Int(CelValue value) => ((CelInt)value).Value;

    private static Predicate<CelValue> Same(CelValue wanted) => item => CelEquality.AreEqual(item, wanted);

    private static CelValue IsSorted(CelList list)
    {
        for (var i = 1; i < list.Count; i++)
        {
            if (CelEquality.Compare(list[i - 1], list[i]) is not { } order)
                return CelError.NoSuchOverload;
            if (order > 0)
                return false;
        }

        return true;
    }

    private static CelValue Extreme(CelList list, string name, int sign)
    {
        if (list.Count == 0)
            return new CelError($"{name} called on empty list");
        var best = list[0];
        for (var i = 1; i < list.Count; i++)
        {
            if (CelEquality.Compare(list[i], best) is not { } order)
                return CelError.NoSuchOverload;
            if (order * sign > 0)
                best = list[i];
        }

        return best;
    }

    private static CelValue Sum(CelList list, CelValue zero)
    {
        // A list whose type was not known may hold other numbers than the signature says.
        var sum = list.Count > 0 ? list[0] : zero;
        for (var i = 1; i < list.Count; i++)
        {
            sum = (sum, list[i]) switch
            {
                (CelInt a, CelInt b) => (Int128)a.Value + b.Value is var s && s >= long.MinValue && s <= long.MaxValue ? (long)s : CelError.IntOverflow,
                (CelUint a, CelUint b) => (Int128)a.Value + b.Value is var s && s <= ulong.MaxValue ? new CelUint((ulong)s) : CelError.UintOverflow,
                (CelDouble a, CelDouble b) => a.Value + b.Value,
                (CelDuration a, CelDuration b) => CelDuration.OfNanos((Int128)a.Nanos + b.Nanos),
                _ => CelError.NoSuchOverload,
            };
            if (sum is CelError)
                return sum;
        }

        return sum;
    }

    private static CelValue Slice(CelList list, long start, long end)
    {
        if (start < 0 || end < 0)
            return new CelError($"cannot slice({start}, {end}), negative indexes not supported");
        if (start > end)
            return new CelError($"cannot slice({start}, {end}), start index must be less than or equal to end index");
        return end > list.Count
            ? new CelError($"cannot slice({start}, {end}), list is length {list.Count}")
            : CelList.Of(Items(list).GetRange((int)start, (int)(end - start)));
    }

    private static CelList Flatten(CelList list, long depth)
    {
        var flat = new List<CelValue>();
        Add(list, depth);
        return CelList.Of(flat);

        void Add(CelList from, long left)
        {
            for (var i = 0; i < from.Count; i++)
            {
                if (left > 0 && from[i] is CelList inner)
                    Add(inner, left - 1);
                else
                    flat.Add(from[i]);
            }
        }
    }

    private static bool Covers(CelList all, CelList some)
    {
        var known = new HashSet<CelValue>(Items(all), CelEquality.Comparer);
        return Items(some).TrueForAll(known.Contains);
    }
}

using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Functions;

/// <summary>What the operators of the language do. <c>&amp;&amp;</c>, <c>||</c> and <c>?:</c> are declared here but evaluated by the interpreter, because they do not need all their arguments.</summary>
internal static class Operators
{
    private const int ItemsMax = 4_000_000;

    private static readonly CelType s_a = CelType.Parameter("A");
    private static readonly CelType s_b = CelType.Parameter("B");
    private static readonly CelType[] s_ordered =
        [CelType.Bool, CelType.Int, CelType.Uint, CelType.Double, CelType.String, CelType.Bytes, CelType.Timestamp, CelType.Duration];

    public static void Declare(FunctionTable table)
    {
        table.Add("_&&_", [CelType.Bool, CelType.Bool], CelType.Bool, Unused);
        table.Add("_||_", [CelType.Bool, CelType.Bool], CelType.Bool, Unused);
        table.Add("_?_:_", [CelType.Bool, s_a, s_a], s_a, Unused);
        table.Add("!_", [CelType.Bool], CelType.Bool, static a => !((CelBool)a[0]).Value);
        table.Add("_==_", [s_a, s_a], CelType.Bool, static a => CelEquality.AreEqual(a[0], a[1]));
        table.Add("_!=_", [s_a, s_a], CelType.Bool, static a => !CelEquality.AreEqual(a[0], a[1]));
        table.Add("@in", [s_a, CelType.List(s_a)], CelType.Bool, static a => ((CelList)a[1]).Contains(a[0]));
        table.Add("@in", [s_a, CelType.Map(s_a, s_b)], CelType.Bool, static a => ((CelMap)a[1]).Find(a[0]) is not null);
        Order(table);
        Arithmetic(table);
        Index(table);
    }

    // Lists are put together without copying them: without an end to it, a few doublings would outgrow any memory when somebody looks.
    private static CelValue Concat(CelList left, CelList right) =>
        (long)left.Count + right.Count > ItemsMax ? new CelError($"the list is longer than {ItemsMax}") : left.Concat(right);

    private static CelValue Unused(ReadOnlySpan<CelValue> arguments) => CelError.NoSuchOverload;

    private static void Order(FunctionTable table)
    {
        foreach (var (name, holds) in new (string, Func<int, bool>)[] { ("_<_", o => o < 0), ("_<=_", o => o <= 0), ("_>_", o => o > 0), ("_>=_", o => o >= 0) })
        {
            CelValue Body(ReadOnlySpan<CelValue> a) => CelEquality.Compare(a[0], a[1]) is { } order ? holds(order)
                : CelEquality.IsNumber(a[0]) ? new CelError("NaN values cannot be ordered") : CelError.NoSuchOverload;

            foreach (var type in s_ordered)
                table.Add(name, [type, type], CelType.Bool, Body);
            CelType[] numbers = [CelType.Int, CelType.Uint, CelType.Double];
            foreach (var left in numbers)
            {
                foreach (var right in numbers.Where(r => r != left))
                    table.Add(name, [left, right], CelType.Bool, Body);
            }
        }
    }

    private static void Arithmetic(FunctionTable table)
    {
        Numbers(table, "_+_", static (a, b) => CheckedInt((Int128)a + b), static (a, b) => CheckedUint((Int128)a + b), static (a, b) => a + b);
        Numbers(table, "_-_", static (a, b) => CheckedInt((Int128)a - b), static (a, b) => CheckedUint((Int128)a - b), static (a, b) => a - b);
        Numbers(table, "_*_", static (a, b) => CheckedInt((Int128)a * b), static (a, b) => (UInt128)a * b <= ulong.MaxValue ? new CelUint(a * b) : CelError.UintOverflow, static (a, b) => a * b);
        Numbers(
            table,
            "_/_",
            static (a, b) => b == 0 ? CelError.DivisionByZero : CheckedInt((Int128)a / b),
            static (a, b) => b == 0 ? CelError.DivisionByZero : new CelUint(a / b),
            static (a, b) => a / b);
        Numbers(
            table,
            "_%_",
            static (a, b) => b == 0 ? CelError.ModulusByZero : a == long.MinValue && b == -1 ? CelError.IntOverflow : a % b,
            static (a, b) => b == 0 ? CelError.ModulusByZero : new CelUint(a % b),
            null);
        table.Add("-_", [CelType.Int], CelType.Int, static a => CheckedInt(-(Int128)((CelInt)a[0]).Value));
        table.Add("-_", [CelType.Double], CelType.Double, static a => -((CelDouble)a[0]).Value);

        table.Add("_+_", [CelType.String, CelType.String], CelType.String, static a => ((CelString)a[0]).Value + ((CelString)a[1]).Value);
        table.Add("_+_", [CelType.Bytes, CelType.Bytes], CelType.Bytes, static a => new CelBytes([.. ((CelBytes)a[0]).Value, .. ((CelBytes)a[1]).Value]));
        table.Add("_+_", [CelType.List(s_a), CelType.List(s_a)], CelType.List(s_a), static a => Concat((CelList)a[0], (CelList)a[1]));
        table.Add("_+_", [CelType.Timestamp, CelType.Duration], CelType.Timestamp, static a => CelTimestamp.OfNanos(Instant(a[0]) + Span(a[1])));
        table.Add("_+_", [CelType.Duration, CelType.Timestamp], CelType.Timestamp, static a => CelTimestamp.OfNanos(Span(a[0]) + Instant(a[1])));
        table.Add("_+_", [CelType.Duration, CelType.Duration], CelType.Duration, static a => CelDuration.OfNanos(Span(a[0]) + Span(a[1])));
        table.Add("_-_", [CelType.Timestamp, CelType.Duration], CelType.Timestamp, static a => CelTimestamp.OfNanos(Instant(a[0]) - Span(a[1])));
        table.Add("_-_", [CelType.Timestamp, CelType.Timestamp], CelType.Duration, static a => CelDuration.OfNanos(Instant(a[0]) - Instant(a[1])));
        table.Add("_-_", [CelType.Duration, CelType.Duration], CelType.Duration, static a => CelDuration.OfNanos(Span(a[0]) - Span(a[1])));
    }

    private static void Index(FunctionTable table)
    {
        var (list, map) = (CelType.List(s_a), CelType.Map(s_a, s_b));
        table.Add("_[_]", [list, CelType.Int], s_a, static a => At((CelList)a[0], a[1]));
        table.Add("_[_]", [map, s_a], s_b, static a => ((CelMap)a[0]).Find(a[1]) ?? CelError.NoSuchKey(a[1]));
        table.Add("_[_]", [CelType.Optional(list), CelType.Int], CelType.Optional(s_a), static a => OptionalAt(a[0], a[1]));
        table.Add("_[_]", [CelType.Optional(map), s_a], CelType.Optional(s_b), static a => OptionalAt(a[0], a[1]));
        table.Add("_[?_]", [list, CelType.Int], CelType.Optional(s_a), static a => OptionalAt(a[0], a[1]));
        table.Add("_[?_]", [map, s_a], CelType.Optional(s_b), static a => OptionalAt(a[0], a[1]));
        table.Add("_[?_]", [CelType.Optional(list), CelType.Int], CelType.Optional(s_a), static a => OptionalAt(a[0], a[1]));
        table.Add("_[?_]", [CelType.Optional(map), s_a], CelType.Optional(s_b), static a => OptionalAt(a[0], a[1]));
    }

    /// <summary>For indices that are known at run time only: doubles without a fraction are fine too.</summary>
    public static CelValue At(CelList list, CelValue index)
    {
        var at = IndexOf(index);
        if (at is null)
            return new CelError($"unsupported index type '{index.Type.Name}' in list");
        return at < 0 || at >= list.Count ? new CelError($"index out of bounds: {at}") : list[(int)at];
    }

    public static CelValue OptionalAt(CelValue target, CelValue index)
    {
        if (target is CelOptional optional)
        {
            if (optional.Value is null)
                return CelOptional.None;
            target = optional.Value;
        }

        var found = target switch
        {
            CelList list => IndexOf(index) is { } at && at >= 0 && at < list.Count ? list[(int)at] : null,
            CelMap map => map.Find(index),
            CelObject o when index is CelString name => o.Find(name.Value),
            _ => CelError.NoSuchOverload,
        };
        return found is null ? CelOptional.None : found is CelError ? found : CelOptional.Of(found);
    }

    private static long? IndexOf(CelValue index) => index switch
    {
        CelInt i => i.Value,
        CelUint u when u.Value <= int.MaxValue => (long)u.Value,
        CelDouble d when d.Value == Math.Floor(d.Value) && Math.Abs(d.Value) < int.MaxValue => (long)d.Value,
        CelUint or CelDouble => -1,
        _ => null,
    };

    private static void Numbers(
        FunctionTable table, string name, Func<long, long, CelValue> ints, Func<ulong, ulong, CelValue> uints, Func<double, double, double>? doubles)
    {
        table.Add(name, [CelType.Int, CelType.Int], CelType.Int, a => ints(((CelInt)a[0]).Value, ((CelInt)a[1]).Value));
        table.Add(name, [CelType.Uint, CelType.Uint], CelType.Uint, a => uints(((CelUint)a[0]).Value, ((CelUint)a[1]).Value));
        if (doubles is not null)
            table.Add(name, [CelType.Double, CelType.Double], CelType.Double, a => doubles(((CelDouble)a[0]).Value, ((CelDouble)a[1]).Value));
    }

    private static CelValue CheckedInt(Int128 value) => value < long.MinValue || value > long.MaxValue ? CelError.IntOverflow : new CelInt((long)value);

    private static CelValue CheckedUint(Int128 value) => value < 0 || value > ulong.MaxValue ? CelError.UintOverflow : new CelUint((ulong)value);

    private static Int128 Instant(CelValue value) => ((CelTimestamp)value).TotalNanos;

    private static Int128 Span(CelValue value) => ((CelDuration)value).Nanos;
}

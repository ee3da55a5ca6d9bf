using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Functions;

/// <summary>Values that may be absent. <c>or</c> and <c>orValue</c> do not need their second argument when there is a value.</summary>
internal static class OptionalFunctions
{
    public static void Declare(FunctionTable table)
    {
        var value = CelType.Parameter("V");
        var (optional, list) = (CelType.Optional(value), CelType.List(value));
        table.Add("optional.of", [value], optional, static a => CelOptional.Of(a[0]));
        table.Add("optional.ofNonZeroValue", [value], optional, static a => a[0].IsZero ? CelOptional.None : CelOptional.Of(a[0]));
        table.Add("optional.none", [], optional, static _ => CelOptional.None);
        table.Member("value", [optional], value, static a => ((CelOptional)a[0]).Value ?? new CelError("optional.none() dereference"));
        table.Member("hasValue", [optional], CelType.Bool, static a => ((CelOptional)a[0]).Value is not null);
        table.Member("or", [optional, optional], optional, static a => ((CelOptional)a[0]).Value is null ? a[1] : a[0]);
        table.Member("orValue", [optional, value], value, static a => ((CelOptional)a[0]).Value ?? a[1]);
        table.Member("first", [list], optional, static a => a[0] is CelList { Count: > 0 } l ? CelOptional.Of(l[0]) : CelOptional.None);
        table.Member("last", [list], optional, static a => a[0] is CelList { Count: > 0 } l ? CelOptional.Of(l[l.Count - 1]) : CelOptional.None);
        table.Add("optional.unwrap", [CelType.List(optional)], list, Unwrap);
        table.Member("unwrapOpt", [CelType.List(optional)], list, Unwrap);
    }

    private static CelValue Unwrap(ReadOnlySpan<CelValue> a) =>
        CelList.Of([.. ListFunctions.Items((CelList)a[0]).OfType<CelOptional>().Where(o => o.Value is not null).Select(o => o.Value!)]);
}

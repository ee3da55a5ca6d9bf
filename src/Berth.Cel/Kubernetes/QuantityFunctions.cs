using Berth.Api;
using Berth.Cel.Functions;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Kubernetes;

/// <summary>Quantities: <c>quantity("1Gi").isGreaterThan(quantity("500M"))</c>.</summary>
internal static class QuantityFunctions
{
    public static CelType Type { get; } = CelType.Opaque("kubernetes.Quantity");

    public static void Declare(FunctionTable table)
    {
        table.Add("quantity", [CelType.String], Type, static a => Quantity.TryParse(Text(a[0]), out var q) ? new CelQuantity(q) : new CelError(
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"));
        table.Add("isQuantity", [CelType.String], CelType.Bool, static a => Quantity.TryParse(Text(a[0]), out _));
        table.Member("sign", [Type], CelType.Int, static a => Of(a[0]) is var q && q.IsZero ? 0L : q.IsNegative ? -1L : 1L);
        table.Member("isGreaterThan", [Type, Type], CelType.Bool, static a => Of(a[0]) > Of(a[1]));
        table.Member("isLessThan", [Type, Type], CelType.Bool, static a => Of(a[0]) < Of(a[1]));
        table.Member("compareTo", [Type, Type], CelType.Int, static a => (long)Math.Sign(Of(a[0]).CompareTo(Of(a[1]))));
        table.Member("asApproximateFloat", [Type], CelType.Double, static a => Approximate(Of(a[0])));
        table.Member("asInteger", [Type], CelType.Int, static a => IsWhole(Of(a[0])) ? Of(a[0]).Value : new CelError("cannot convert value to integer"));
        table.Member("isInteger", [Type], CelType.Bool, static a => IsWhole(Of(a[0])));
        table.Member("add", [Type, Type], Type, static a => new CelQuantity(Of(a[0]) + Of(a[1])));
        table.Member("add", [Type, CelType.Int], Type, static a => new CelQuantity(Of(a[0]) + Quantity.FromUnits(((CelInt)a[1]).Value)));
        table.Member("sub", [Type, Type], Type, static a => new CelQuantity(Of(a[0]) - Of(a[1])));
        table.Member("sub", [Type, CelType.Int], Type, static a => new CelQuantity(Of(a[0]) - Quantity.FromUnits(((CelInt)a[1]).Value)));
    }

    private static string Text(CelValue value) => ((CelString)value).Value;

    private static Quantity Of(CelValue value) => ((CelQuantity)value).Value;

    private static bool IsWhole(Quantity quantity) => Quantity.FromUnits(quantity.Value) == quantity;

    private static double Approximate(Quantity quantity)
    {
        var whole = quantity.Value;
        // The rest below one, to the thousandth.
        return IsWhole(quantity) ? whole : quantity.MilliValue / 1000.0;
    }
}

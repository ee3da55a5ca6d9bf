using Berth.Cel.Values;

namespace Berth.Cel.Evaluation;

/// <summary>What calls cost, in the units and by the formulas of Kubernetes, so that its limits mean the same here.</summary>
internal static class CallCost
{
    public const long ListCreation = 10;
    public const long MapCreation = 30;
    public const long StructCreation = 40;

    private const double PerCharacter = 0.1;
    private const double PerPatternCharacter = 0.25;

    // Two checks of authorization in an expression, no third.
    private const long AuthorizerCheck = 350_000;

    public static long Before(string function, ReadOnlySpan<CelValue> a) => function switch
    {
        "check" => AuthorizerCheck,
        "startsWith" or "endsWith" or "bytes" or "strings.quote" or "format" or "url" or "lowerAscii" or "upperAscii" or "substring" or "trim" or "jsonpatch.escapeKey"
            or "quantity" or "isQuantity" or "semver" or "isSemver" or "ip" or "isIP" or "cidr" or "isCIDR" or "ip.isCanonical" or "isURL"
            => a.Length == 0 ? 1 : Traversal(a[0].Size),
        "string" => a[0] is CelBytes or CelString ? Traversal(a[0].Size) : 1,
        "replace" or "split" => Traversal(2 * a[0].Size),
        "join" or "lists.range" => 0,
        "fieldSelector" or "labelSelector" => ListCreation + Traversal(a[1].Size) + a[1].Size / 2 * (ListCreation + StructCreation),
        "@in" => a[1] is CelList list ? list.Size : 1,
        "_<_" or "_<=_" or "_>_" or "_>=_" or "_==_" or "_!=_" => Traversal(Math.Min(a[0].Size, a[1].Size)),
        "_+_" when a[0] is CelString or CelBytes => Traversal(a[0].Size + a[1].Size),
        "contains" => Traversal(a[0].Size) * Traversal(a[1].Size),
        "matches" or "find" or "findAll" => Traversal(1 + a[0].Size) * (long)Math.Ceiling(a[1].Size * PerPatternCharacter),
        "isSorted" or "sum" or "max" or "min" or "indexOf" or "lastIndexOf" or "sort" => Whole(a[0]),
        "sets.contains" or "sets.intersects" => Math.Max(1, a[0].Size * a[1].Size),
        "sets.equivalent" => Math.Max(1, 2 * a[0].Size * a[1].Size),
        "distinct" => ListCreation + a[0].Size * a[0].Size,
        "flatten" or "reverse" or "slice" => ListCreation + a[0].Size,
        "validate" => Traversal(a[1].Size) * 32,
        "containsIP" or "containsCIDR" => 4,
        _ => 1,
    };

    public static long After(string function, CelValue result) => function switch
    {
        "join" => Traversal(2 * result.Size),
        "lists.range" => ListCreation + result.Size,
        _ => 0,
    };

    public static long Traversal(long size) => (long)Math.Ceiling(size * PerCharacter);

    // Everything below is looked at once.
    private static long Whole(CelValue value)
    {
        switch (value)
        {
            case CelString or CelBytes:
                return (long)(value.Size * PerCharacter);
            case CelList list:
                var cost = 0L;
                for (var i = 0; i < list.Count; i++)
                    cost += Whole(list[i]);
                return cost;
            case CelMap map:
                return map.Keys.Sum(k => Whole(k) + (map.Find(k) is { } v ? Whole(v) : 0));
            default:
                return 1;
        }
    }
}

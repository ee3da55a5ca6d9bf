using Berth.Cel.Syntax;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Evaluation;

/// <summary>
/// What an expression costs at worst, by the sizes that the types of its variables allow (<see cref="CelType.SizeMax"/>). Where
/// nothing bounds a size, a request's does.
/// </summary>
internal sealed class CostEstimate
{
    private const long Unbounded = long.MaxValue;

    // No text of a request is longer than the request; the same is taken for texts that are made of them.
    private const long RequestBytesMax = 3 * 1024 * 1024;

    private const double PerCharacter = 0.1;
    private const double PerPatternCharacter = 0.25;

    // Locals by slot: their types carry their sizes, so nothing else is needed of them.
    public static long Of(Expr expression) => new CostEstimate().Visit(expression).Cost;

    private (long Cost, long Size) Visit(Expr expression)
    {
        switch (expression)
        {
            case LiteralExpr literal:
                return (0, literal.Value.Size);
            case IdentExpr ident:
                return (ident.Reference?.Constant is null ? 1 : 0, SizeOf(ident.Type));
            case SelectExpr { Reference: not null } select:
                return (1, SizeOf(select.Type));
            case SelectExpr select:
                return (Add(Visit(select.Operand).Cost, select.IsTest ? 0 : 1), SizeOf(select.Type));
            case ListExpr list:
                return (list.Items.Aggregate(CallCost.ListCreation, (c, i) => Add(c, Visit(i.Item).Cost)), list.Items.Count);
            case MapExpr map:
                return (map.Entries.Aggregate(CallCost.MapCreation, (c, e) => Add(c, Visit(e.Key).Cost, Visit(e.Value).Cost)), map.Entries.Count);
            case StructExpr made:
                return (made.Fields.Aggregate(CallCost.StructCreation, (c, f) => Add(c, Visit(f.Value).Cost)), made.Fields.Count);
            case ComprehensionExpr macro:
                return Comprehension(macro);
            case BindExpr bind:
                var body = Visit(bind.Body);
                // A bind is a walk over an empty list for whoever counts.
                return (Add(Visit(bind.Value).Cost, body.Cost, CallCost.ListCreation), body.Size);
            default:
                return Call((CallExpr)expression);
        }
    }

    private (long Cost, long Size) Comprehension(ComprehensionExpr macro)
    {
        var range = Visit(macro.Range);
        var body = Visit(macro.Body);
        var round = Add(body.Cost, macro.Filter is { } filter ? Add(Visit(filter).Cost, 1) : 0, macro.Kind switch
        {
            ComprehensionKind.All => 3,
            ComprehensionKind.Exists => 4,
            ComprehensionKind.ExistsOne => 2,
            ComprehensionKind.TransformMap or ComprehensionKind.TransformMapEntry => 2,
            _ => CallCost.ListCreation + 3,
        });
        var start = macro.Kind switch
        {
            ComprehensionKind.TransformMap or ComprehensionKind.TransformMapEntry => CallCost.MapCreation,
            ComprehensionKind.All or ComprehensionKind.Exists => 1,
            // The count is compared at the end.
            ComprehensionKind.ExistsOne => 2,
            _ => CallCost.ListCreation,
        };
        return (Add(range.Cost, start, Multiply(range.Size, round)), macro.Type.Kind == CelKind.Bool ? 1 : range.Size);
    }

    private (long Cost, long Size) Call(CallExpr call)
    {
        var parts = (call.Target is null ? call.Arguments : [call.Target, .. call.Arguments]).Select(Visit).ToArray();
        var arguments = parts.Aggregate(0L, (c, p) => Add(c, p.Cost));
        var sizes = parts.Select(p => p.Size).ToArray();
        return call.Function switch
        {
            "_&&_" or "_||_" => (arguments, 1),
            "_?_:_" => (Add(parts[0].Cost, Math.Max(parts[1].Cost, parts[2].Cost)), Math.Max(sizes[1], sizes[2])),
            "_[_]" or "_[?_]" => (Add(arguments, 1), SizeOf(call.Type)),
            "@in" when call.Arguments[1].Type.Kind == CelKind.Map => (Add(arguments, 1), 1),
            _ => (Add(arguments, Own(call.Function, sizes)), Result(call, sizes)),
        };
    }

    private static long Own(string function, long[] s) => function switch
    {
        "startsWith" or "endsWith" => Traversal(s[1]),
        "bytes" or "strings.quote" or "format" or "url" or "lowerAscii" or "upperAscii" or "substring" or "trim" or "string"
            or "quantity" or "isQuantity" or "semver" or "isSemver" or "ip" or "isIP" or "cidr" or "isCIDR" or "ip.isCanonical" or "isURL" when s.Length > 0
            => Traversal(s[0]),
        "split" => Traversal(Multiply(2, s[0])),
        "replace" or "join" => Multiply(2, Traversal(s[0])),
        "@in" => s[1],
        "_<_" or "_<=_" or "_>_" or "_>=_" or "_==_" or "_!=_" => Traversal(Math.Min(s[0], s[1])),
        "_+_" => Traversal(Add(s[0], s[1])),
        "contains" => Multiply(Traversal(s[0]), Traversal(s[1])),
        "matches" or "find" or "findAll" => Multiply(Traversal(Add(s[0], 1)), s[1] == Unbounded ? Unbounded : (long)Math.Ceiling(s[1] * PerPatternCharacter)),
        "isSorted" or "sum" or "max" or "min" or "indexOf" or "lastIndexOf" or "sort" or "flatten" or "reverse" or "slice" => s[0],
        "sets.contains" or "sets.intersects" => Multiply(s[0], s[1]),
        "sets.equivalent" => Multiply(2, Multiply(s[0], s[1])),
        "distinct" => Multiply(s[0], s[0]),
        "validate" => Multiply(Traversal(s[1]), 32),
        // Refuses longer lists.
        "includes" => Devices.DeviceSelectorExpression.AttributeValuesMax,
        _ => 1,
    };

    private static long Result(CallExpr call, long[] s) => call.Function switch
    {
        "_+_" => Add(s[0], s[1]),
        "lowerAscii" or "upperAscii" or "substring" or "trim" or "split" or "string" or "bytes" or "reverse" or "sort" or "distinct" or "slice" or "find" or "findAll" or "charAt"
            => s[0],
        "join" or "replace" or "format" or "flatten" => RequestBytesMax,
        _ => SizeOf(call.Type),
    };

    private static long SizeOf(CelType type) => type.SizeMax ?? type.Kind switch
    {
        CelKind.String or CelKind.Bytes or CelKind.List or CelKind.Map or CelKind.Dyn or CelKind.Parameter => RequestBytesMax,
        _ => 1,
    };

    private static long Traversal(long size) => size == Unbounded ? Unbounded : (long)Math.Ceiling(size * PerCharacter);

    private static long Add(params ReadOnlySpan<long> parts)
    {
        Int128 sum = 0;
        foreach (var part in parts)
            sum += part;
        return sum >= Unbounded ? Unbounded : (long)sum;
    }

    private static long Multiply(long left, long right) => (Int128)left * right is var product && product >= Unbounded ? Unbounded : (long)product;
}

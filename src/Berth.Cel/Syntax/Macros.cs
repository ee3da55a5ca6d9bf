namespace Berth.Cel.Syntax;

/// <summary>Calls that are shorthands: they see their arguments as they are written.</summary>
internal static class Macros
{
    /// <returns>Null when the call is none.</returns>
    /// <param name="hasBind">Not everywhere is there <c>cel.bind</c>.</param>
    public static Expr? Expand(int position, string function, Expr? target, IReadOnlyList<Expr> arguments, bool hasBind)
    {
        if (target is null)
            return function == "has" && arguments.Count == 1 ? Has(arguments[0]) : null;
        if (hasBind && target is IdentExpr { Name: "cel" } && function == "bind" && arguments.Count == 3)
            return new BindExpr(position, BindKind.Value, Variable(arguments[0]), arguments[1], arguments[2]);
        return (function, arguments.Count) switch
        {
            ("all", 2) => One(ComprehensionKind.All),
            ("exists", 2) => One(ComprehensionKind.Exists),
            ("exists_one" or "existsOne", 2) => One(ComprehensionKind.ExistsOne),
            ("map", 2) => One(ComprehensionKind.Map),
            ("map", 3) => One(ComprehensionKind.Map, hasFilter: true),
            ("filter", 2) => One(ComprehensionKind.Filter),
            ("sortBy", 2) => One(ComprehensionKind.SortBy),
            ("all", 3) => Two(ComprehensionKind.All),
            ("exists", 3) => Two(ComprehensionKind.Exists),
            ("exists_one" or "existsOne", 3) => Two(ComprehensionKind.ExistsOne),
            ("transformList", 3) => Two(ComprehensionKind.Map),
            ("transformList", 4) => Two(ComprehensionKind.Map, hasFilter: true),
            ("transformMap", 3) => Two(ComprehensionKind.TransformMap),
            ("transformMap", 4) => Two(ComprehensionKind.TransformMap, hasFilter: true),
            ("transformMapEntry", 3) => Two(ComprehensionKind.TransformMapEntry),
            ("transformMapEntry", 4) => Two(ComprehensionKind.TransformMapEntry, hasFilter: true),
            ("optMap", 2) => new BindExpr(position, BindKind.OptionalMap, Variable(arguments[0]), target, arguments[1]),
            ("optFlatMap", 2) => new BindExpr(position, BindKind.OptionalFlatMap, Variable(arguments[0]), target, arguments[1]),
            _ => null,
        };

        Expr One(ComprehensionKind kind, bool hasFilter = false) =>
            new ComprehensionExpr(position, kind, target, Variable(arguments[0]), null, hasFilter ? arguments[1] : null, arguments[^1]);

        Expr Two(ComprehensionKind kind, bool hasFilter = false)
        {
            var (first, second) = (Variable(arguments[0]), Variable(arguments[1]));
            return first == second
                ? throw new ParseException(arguments[1].Position, $"duplicate variable name: {second}")
                : new ComprehensionExpr(position, kind, target, first, second, hasFilter ? arguments[2] : null, arguments[^1]);
        }
    }

    private static SelectExpr Has(Expr argument) => argument is SelectExpr { IsTest: false, IsOptional: false } select
        ? new SelectExpr(select.Position, select.Operand, select.Field, isTest: true)
        : throw new ParseException(argument.Position, "invalid argument to has() macro");

    private static string Variable(Expr argument)
    {
        if (argument is not IdentExpr { Name: var name } || name.StartsWith('.'))
            throw new ParseException(argument.Position, "argument must be a simple name");
        return name == "__result__" ? throw new ParseException(argument.Position, "iteration variable overwrites accumulator variable") : name;
    }
}

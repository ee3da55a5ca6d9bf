using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Syntax;

/// <summary>A node of an expression. Made by the parser; the checker writes types and references into it, once.</summary>
internal abstract class Expr(int position)
{
    public int Position => position;

    /// <summary>Written by the checker; parameters may still be open until it is done.</summary>
    public CelType Type { get; set; } = CelType.Dyn;

    /// <summary>Nodes on the longest way down. Bounded by the parser, because all that follows walks trees by recursion.</summary>
    public int Depth { get; protected init; } = 1;

    protected static int DepthOf(params IEnumerable<Expr?> children) => 1 + children.Select(c => c?.Depth ?? 0).DefaultIfEmpty().Max();
}

internal sealed class LiteralExpr(int position, CelValue value) : Expr(position)
{
    public CelValue Value => value;
}

internal sealed class IdentExpr(int position, string name) : Expr(position)
{
    public string Name => name;

    /// <summary>What the name means: written by the checker.</summary>
    public Reference? Reference { get; set; }
}

internal sealed class SelectExpr : Expr
{
    public SelectExpr(int position, Expr operand, string field, bool isTest = false, bool isOptional = false)
        : base(position)
    {
        (Operand, Field, IsTest, IsOptional) = (operand, field, isTest, isOptional);
        Depth = DepthOf(operand);
    }

    public Expr Operand { get; }

    public string Field { get; }

    /// <summary>Of <c>has()</c>: asks whether the field is there.</summary>
    public bool IsTest { get; }

    /// <summary><c>?.</c></summary>
    public bool IsOptional { get; }

    /// <summary>When the whole chain is one name with dots in it: written by the checker.</summary>
    public Reference? Reference { get; set; }
}

internal sealed class CallExpr : Expr
{
    public CallExpr(int position, string function, Expr? target, IReadOnlyList<Expr> arguments)
        : base(position)
    {
        (Function, Target, Arguments) = (function, target, arguments);
        Depth = DepthOf([target, .. arguments]);
    }

    /// <summary>The checker replaces it when the target turns out to be the front of a name (<c>sets.contains</c>).</summary>
    public string Function { get; set; }

    public Expr? Target { get; set; }

    public IReadOnlyList<Expr> Arguments { get; }

    /// <summary>Those that fit by type: written by the checker.</summary>
    public IReadOnlyList<Functions.CelOverload> Overloads { get; set; } = [];
}

internal sealed class ListExpr : Expr
{
    public ListExpr(int position, IReadOnlyList<(Expr Item, bool IsOptional)> items)
        : base(position)
    {
        Items = items;
        Depth = DepthOf(items.Select(i => i.Item));
    }

    public IReadOnlyList<(Expr Item, bool IsOptional)> Items { get; }
}

internal sealed class MapExpr : Expr
{
    public MapExpr(int position, IReadOnlyList<(Expr Key, Expr Value, bool IsOptional)> entries)
        : base(position)
    {
        Entries = entries;
        Depth = 1 + entries.Select(e => Math.Max(e.Key.Depth, e.Value.Depth)).DefaultIfEmpty().Max();
    }

    public IReadOnlyList<(Expr Key, Expr Value, bool IsOptional)> Entries { get; }
}

internal sealed class StructExpr : Expr
{
    public StructExpr(int position, string name, IReadOnlyList<(string Field, int Position, Expr Value, bool IsOptional)> fields)
        : base(position)
    {
        (Name, Fields) = (name, fields);
        Depth = 1 + fields.Select(f => f.Value.Depth).DefaultIfEmpty().Max();
    }

    public string Name { get; }

    public IReadOnlyList<(string Field, int Position, Expr Value, bool IsOptional)> Fields { get; }
}

/// <summary>A macro that walks a list or a map.</summary>
internal sealed class ComprehensionExpr : Expr
{
    public ComprehensionExpr(int position, ComprehensionKind kind, Expr range, string first, string? second, Expr? filter, Expr body)
        : base(position)
    {
        (Kind, Range, First, Second, Filter, Body) = (kind, range, first, second, filter, body);
        Depth = DepthOf(range, filter, body);
    }

    public ComprehensionKind Kind { get; }

    public Expr Range { get; }

    public string First { get; }

    /// <summary>Of macros with two variables: the first is the index or the key then.</summary>
    public string? Second { get; }

    public Expr? Filter { get; }

    public Expr Body { get; }
}

/// <summary>Gives a value a name in another expression: <c>cel.bind</c>, <c>optMap</c>, <c>optFlatMap</c>.</summary>
internal sealed class BindExpr : Expr
{
    public BindExpr(int position, BindKind kind, string variable, Expr value, Expr body)
        : base(position)
    {
        (Kind, Variable, Value, Body) = (kind, variable, value, body);
        Depth = DepthOf(value, body);
    }

    public BindKind Kind { get; }

    public string Variable { get; }

    public Expr Value { get; }

    public Expr Body { get; }
}

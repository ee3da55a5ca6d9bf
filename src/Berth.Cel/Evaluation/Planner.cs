using Berth.Cel.Syntax;

namespace Berth.Cel.Evaluation;

/// <summary>Makes steps of a checked expression.</summary>
internal sealed class Planner
{
    // The checker gave the variables of macros their places in the same order.
    private int _depth;

    public static Node Plan(Expr expression) => new Planner().Visit(expression);

    private Node Visit(Expr expression) => expression switch
    {
        LiteralExpr literal => new ConstantNode(literal.Value),
        IdentExpr ident => Referred(ident.Reference!),
        SelectExpr { Reference: { } reference } => Referred(reference),
        SelectExpr { IsTest: true } select => new PresenceNode(Visit(select.Operand), select.Field),
        SelectExpr select => new SelectNode(Visit(select.Operand), select.Field, select.IsOptional),
        CallExpr call => Call(call),
        ListExpr list => new ListNode([.. list.Items.Select(i => (Visit(i.Item), i.IsOptional))]),
        MapExpr map => new MapNode([.. map.Entries.Select(e => (Visit(e.Key), Visit(e.Value), e.IsOptional))]),
        StructExpr made => new StructNode(made.Type, [.. made.Fields.Select(f => (f.Field, Visit(f.Value), f.IsOptional))]),
        ComprehensionExpr macro => Comprehension(macro),
        BindExpr bind => Bind(bind),
        _ => throw new InvalidOperationException($"There is no step for {expression.GetType().Name}."),
    };

    private static Node Referred(Reference reference) =>
        reference.Constant is { } constant ? new ConstantNode(constant)
        : reference.Variable is { } name ? new VariableNode(name)
        : new LocalNode(reference.Slot);

    private Node Call(CallExpr call)
    {
        Node[] arguments = [.. (call.Target is null ? call.Arguments : [call.Target, .. call.Arguments]).Select(Visit)];
        return (call.Function, arguments) switch
        {
            ("_&&_", [var left, var right]) => new LogicNode(left, right, settles: false),
            ("_||_", [var left, var right]) => new LogicNode(left, right, settles: true),
            ("_?_:_", [var condition, var yes, var no]) => new ConditionalNode(condition, yes, no),
            ("_[_]", [var operand, var index]) => new IndexNode(operand, index, isOptional: false),
            ("_[?_]", [var operand, var index]) => new IndexNode(operand, index, isOptional: true),
            ("or", [var optional, var otherwise]) => new OptionalOrNode(optional, otherwise, unwraps: false),
            ("orValue", [var optional, var otherwise]) => new OptionalOrNode(optional, otherwise, unwraps: true),
            _ => new CallNode(call.Function, call.Overloads, arguments),
        };
    }

    private ComprehensionNode Comprehension(ComprehensionExpr macro)
    {
        var range = Visit(macro.Range);
        var first = _depth++;
        var second = macro.Second is null ? -1 : _depth++;
        var filter = macro.Filter is null ? null : Visit(macro.Filter);
        var body = Visit(macro.Body);
        _depth = first;
        return new ComprehensionNode(macro.Kind, range, first, second, filter, body);
    }

    private BindNode Bind(BindExpr bind)
    {
        var value = Visit(bind.Value);
        var slot = _depth++;
        var body = Visit(bind.Body);
        _depth = slot;
        return new BindNode(bind.Kind, slot, value, body);
    }
}

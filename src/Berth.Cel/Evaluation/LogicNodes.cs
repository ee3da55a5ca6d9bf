using Berth.Cel.Values;

namespace Berth.Cel.Evaluation;

/// <summary><c>&amp;&amp;</c> and <c>||</c>: either side may settle the matter, even when the other one fails.</summary>
internal sealed class LogicNode(Node left, Node right, bool settles) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        var first = left.Evaluate(frame);
        if (first is CelBool a && a.Value == settles)
            return first;
        var second = right.Evaluate(frame);
        if (second is CelBool b && b.Value == settles)
            return second;
        if (first is CelBool && second is CelBool)
            return CelBool.Of(!settles);
        return first is CelError ? first : second is CelError ? second : CelError.NoSuchOverload;
    }
}

internal sealed class ConditionalNode(Node condition, Node yes, Node no) : Node
{
    public override CelValue Evaluate(Frame frame) => condition.Evaluate(frame) switch
    {
        CelBool { Value: true } => yes.Evaluate(frame),
        CelBool => no.Evaluate(frame),
        CelError error => error,
        _ => CelError.NoSuchOverload,
    };
}

/// <summary><c>or</c> and <c>orValue</c>: what comes second is asked for only when there is no first.</summary>
internal sealed class OptionalOrNode(Node optional, Node otherwise, bool unwraps) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        var first = optional.Evaluate(frame);
        frame.Charge(1);
        return first switch
        {
            CelOptional { Value: null } => otherwise.Evaluate(frame),
            CelOptional { Value: { } value } => unwraps ? value : first,
            CelError => first,
            _ => CelError.NoSuchOverload,
        };
    }
}

/// <summary>A value under a name: <c>cel.bind</c>, <c>optMap</c>, <c>optFlatMap</c>.</summary>
internal sealed class BindNode(Syntax.BindKind kind, int slot, Node value, Node body) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        var bound = value.Evaluate(frame);
        if (bound is CelError)
            return bound;
        if (kind != Syntax.BindKind.Value)
        {
            if (bound is not CelOptional optional)
                return CelError.NoSuchOverload;
            if (optional.Value is null)
                return optional;
            bound = optional.Value;
        }

        frame.Locals[slot] = bound;
        var result = body.Evaluate(frame);
        return kind == Syntax.BindKind.OptionalMap && result is not CelError ? CelOptional.Of(result) : result;
    }
}

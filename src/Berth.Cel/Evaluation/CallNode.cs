using Berth.Cel.Functions;
using Berth.Cel.Values;

namespace Berth.Cel.Evaluation;

/// <summary>A function that wants all its arguments.</summary>
internal sealed class CallNode(string function, IReadOnlyList<CelOverload> overloads, Node[] arguments) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        var values = new CelValue[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            values[i] = arguments[i].Evaluate(frame);
            if (values[i] is CelError)
                return values[i];
        }

        foreach (var overload in overloads)
        {
            if (!overload.Takes(values))
                continue;
            // What the arguments alone say about the cost is charged first: nothing is done that cannot be afforded.
            var before = CallCost.Before(function, values);
            frame.Charge(before);
            var result = overload.Body(values);
            frame.Charge(CallCost.After(function, result));
            return result;
        }

        return CelError.NoSuchOverload;
    }
}

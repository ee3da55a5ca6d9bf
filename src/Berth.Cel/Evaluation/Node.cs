using Berth.Cel.Values;

namespace Berth.Cel.Evaluation;

/// <summary>A step of a program. Holds no state of an evaluation.</summary>
internal abstract class Node
{
    public abstract CelValue Evaluate(Frame frame);
}

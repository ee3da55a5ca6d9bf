using Berth.Cel.Evaluation;
using Berth.Cel.Syntax;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel;

/// <summary>A checked expression, ready to run. Immutable; any number of threads may evaluate it at once.</summary>
public sealed class CelProgram
{
    /// <summary>What one evaluation may cost in Kubernetes.</summary>
    public const long CostMaxDefault = 1_000_000;

    private readonly Node _root;
    private readonly int _slots;

    internal CelProgram(string source, CelType resultType, IReadOnlySet<string> variables, Expr expression, Node root, int slots)
    {
        (Source, ResultType, Variables, Expression, _root, _slots) = (source, resultType, variables, expression, root, slots);
    }

    public string Source { get; }

    public CelType ResultType { get; }

    /// <summary>The declared variables that the expression reads.</summary>
    public IReadOnlySet<string> Variables { get; }

    internal Expr Expression { get; }

    /// <summary>What an evaluation costs at worst, by the sizes that the variables' types allow; <see cref="long.MaxValue"/> when that is too much to say.</summary>
    public long EstimateCost() => CostEstimate.Of(Expression);

    /// <exception cref="OperationCanceledException">The caller lost interest.</exception>
    public CelOutcome Evaluate(ICelInputs inputs, long costMax = CostMaxDefault, CancellationToken cancellation = default)
    {
        var frame = new Frame(inputs, _slots, costMax, cancellation);
        try
        {
            return new CelOutcome(_root.Evaluate(frame), frame.Cost);
        }
        catch (CelCostException)
        {
            return new CelOutcome(new CelError("operation cancelled: actual cost limit exceeded"), frame.Cost);
        }
    }
}

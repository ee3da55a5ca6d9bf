using Berth.Cel.Values;

namespace Berth.Cel.Evaluation;

/// <summary>One evaluation: its inputs, the variables of its macros and what it has cost. Owned by the caller's thread.</summary>
internal sealed class Frame(ICelInputs inputs, int slots, long costMax, CancellationToken cancellation)
{
    // Asking a token is cheap but not free, and one step takes well below a microsecond.
    private const int StepsBetweenChecks = 100;

    private int _steps;

    public ICelInputs Inputs => inputs;

    public CelValue[] Locals { get; } = slots == 0 ? [] : new CelValue[slots];

    public long Cost { get; private set; }

    /// <exception cref="CelCostException">The evaluation has become too expensive.</exception>
    public void Charge(long cost)
    {
        Cost += cost;
        if (Cost > costMax)
            throw new CelCostException();
        if (++_steps % StepsBetweenChecks == 0)
            cancellation.ThrowIfCancellationRequested();
    }
}

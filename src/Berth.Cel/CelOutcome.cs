using Berth.Cel.Values;

namespace Berth.Cel;

/// <param name="Value">A <see cref="CelError"/> when the evaluation failed or became too expensive.</param>
/// <param name="Cost">In Kubernetes' units: about one for each name that is read and each function that is called.</param>
public readonly record struct CelOutcome(CelValue Value, long Cost)
{
    public bool IsTrue => Value is CelBool { Value: true };

    /// <summary>Null when all went well.</summary>
    public string? Error => (Value as CelError)?.Message;
}

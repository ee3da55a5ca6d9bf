namespace Berth.Cel.Evaluation;

/// <summary>Ends an evaluation at its limit; never leaves <see cref="CelProgram"/>.</summary>
internal sealed class CelCostException : Exception;

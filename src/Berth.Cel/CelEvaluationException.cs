namespace Berth.Cel;

/// <summary>An expression failed, for those callers that cannot go on then.</summary>
public sealed class CelEvaluationException(string message) : Exception(message);

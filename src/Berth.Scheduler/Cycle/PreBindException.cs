namespace Berth.Scheduler.Cycle;

/// <summary>What a decision rested on did not come about.</summary>
public sealed class PreBindException(string message, Exception? inner = null) : Exception(message, inner);

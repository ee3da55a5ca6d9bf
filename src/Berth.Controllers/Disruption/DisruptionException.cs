namespace Berth.Controllers.Disruption;

/// <summary>How many pods a budget should expect cannot be told; the message is for the budget's status.</summary>
public sealed class DisruptionException(string message) : Exception(message);

namespace Berth.Node.Resources;

/// <summary>Pods of at least this priority, up to the next tier's, get this long to end when the machine shuts down.</summary>
public sealed record ShutdownTier(int Priority, TimeSpan Grace);

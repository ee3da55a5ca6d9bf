namespace Berth.Node.Runtime;

/// <summary>The container runtime could not be started or does not answer. The message says what, where and what to do.</summary>
public sealed class RuntimeStartException(string message, Exception? inner = null) : Exception(message, inner);

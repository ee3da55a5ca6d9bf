namespace Berth.Client.Transport;

/// <summary>A kubeconfig that cannot be used. The message names the file and says what to do.</summary>
public sealed class KubeconfigException(string message, Exception? inner = null) : Exception(message, inner);

namespace Berth.Node.PodSync;

/// <summary>A container that cannot be made or started as it is described; status and events carry both words.</summary>
/// <param name="reason">As users of Kubernetes know it: CreateContainerConfigError, ErrImagePull, RunContainerError, ...</param>
public sealed class ContainerConfigException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Reason { get; } = reason;

    public static ContainerConfigException Config(string message, Exception? inner = null) => new("CreateContainerConfigError", message, inner);
}

namespace Berth.Node.PodSync;

/// <summary>Labels and annotations on sandboxes and containers, by which a restarted agent finds what it had made. The names are those of Kubernetes' node agent: crictl and log shippers read them.</summary>
public static class RuntimeLabels
{
    public const string PodName = "io.kubernetes.pod.name";
    public const string PodNamespace = "io.kubernetes.pod.namespace";
    public const string PodUid = "io.kubernetes.pod.uid";
    public const string ContainerName = "io.kubernetes.container.name";

    /// <summary>Annotation: fingerprint of what cannot change in a running container.</summary>
    public const string ContainerHash = "io.kubernetes.container.hash";

    public const string RestartCount = "io.kubernetes.container.restartCount";
    public const string TerminationMessagePath = "io.kubernetes.container.terminationMessagePath";
    public const string TerminationMessagePolicy = "io.kubernetes.container.terminationMessagePolicy";

    /// <summary>Annotation: path on the host of the termination message's file. Ours: the mount itself is not in every runtime's answer.</summary>
    public const string TerminationMessageFile = "dev.berth.container.terminationMessageFile";

    /// <summary>Annotation: seconds, for a pod whose object is gone when it has to be stopped.</summary>
    public const string TerminationGracePeriod = "io.kubernetes.pod.terminationGracePeriod";
}

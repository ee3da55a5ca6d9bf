using Berth.Node.Cri.V1;

namespace Berth.Node.Cri;

/// <summary>
/// Sandboxes and containers of a container runtime (CRI v1). Every call throws <see cref="GrpcException"/> when the runtime
/// refuses or cannot be reached. Stopping and removing are idempotent: what is already gone is no error.
/// </summary>
public interface IRuntimeService
{
    Task<VersionResponse> VersionAsync(CancellationToken cancellation = default);

    Task<StatusResponse> StatusAsync(bool verbose = false, CancellationToken cancellation = default);

    /// <exception cref="GrpcException">Unimplemented before containerd 2.0: choose the cgroup driver without it then.</exception>
    Task<RuntimeConfigResponse> RuntimeConfigAsync(CancellationToken cancellation = default);

    Task UpdateRuntimeConfigAsync(RuntimeConfig config, CancellationToken cancellation = default);

    /// <summary>Makes and starts a pod's sandbox: namespaces, address, pause process. Returns its id.</summary>
    Task<string> RunPodSandboxAsync(PodSandboxConfig config, string runtimeHandler = "", CancellationToken cancellation = default);

    /// <summary>Kills what runs in the sandbox and takes its network down.</summary>
    Task StopPodSandboxAsync(string sandboxId, CancellationToken cancellation = default);

    /// <summary>Removes the sandbox and all its containers, running ones by force.</summary>
    Task RemovePodSandboxAsync(string sandboxId, CancellationToken cancellation = default);

    Task<PodSandboxStatusResponse> PodSandboxStatusAsync(string sandboxId, bool verbose = false, CancellationToken cancellation = default);

    Task<IReadOnlyList<PodSandbox>> ListPodSandboxAsync(PodSandboxFilter? filter = null, CancellationToken cancellation = default);

    Task<string> CreateContainerAsync(
        string sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig, CancellationToken cancellation = default);

    Task StartContainerAsync(string containerId, CancellationToken cancellation = default);

    /// <summary>Sends the stop signal, and SIGKILL once <paramref name="grace"/> (whole seconds) has passed. Returns when the container has ended.</summary>
    Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellation = default);

    Task RemoveContainerAsync(string containerId, CancellationToken cancellation = default);

    Task<IReadOnlyList<Container>> ListContainersAsync(ContainerFilter? filter = null, CancellationToken cancellation = default);

    Task<ContainerStatusResponse> ContainerStatusAsync(string containerId, bool verbose = false, CancellationToken cancellation = default);

    Task UpdateContainerResourcesAsync(
        string containerId, LinuxContainerResources resources, CancellationToken cancellation = default);

    /// <summary>Makes the runtime open the log's path again after a rotation renamed the file.</summary>
    Task ReopenContainerLogAsync(string containerId, CancellationToken cancellation = default);

    /// <summary>Runs a command in a container to its end.</summary>
    /// <param name="limit">Whole seconds; zero is none. Past it the runtime kills the command and the call fails with DeadlineExceeded.</param>
    Task<ExecSyncResponse> ExecSyncAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan limit, CancellationToken cancellation = default);

    /// <summary>Prepares a command's streams; the answer is the URL to take them from, good once and for a minute.</summary>
    Task<string> ExecAsync(ExecRequest request, CancellationToken cancellation = default);

    Task<string> AttachAsync(AttachRequest request, CancellationToken cancellation = default);

    Task<string> PortForwardAsync(PortForwardRequest request, CancellationToken cancellation = default);

    Task<ContainerStats> ContainerStatsAsync(string containerId, CancellationToken cancellation = default);

    Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerStatsFilter? filter = null, CancellationToken cancellation = default);

    Task<PodSandboxStats> PodSandboxStatsAsync(string sandboxId, CancellationToken cancellation = default);

    Task<IReadOnlyList<PodSandboxStats>> ListPodSandboxStatsAsync(PodSandboxStatsFilter? filter = null, CancellationToken cancellation = default);

    /// <summary>Containers and sandboxes as they are created, start, stop and go. Unimplemented before containerd 1.7: poll there.</summary>
    IAsyncEnumerable<ContainerEventResponse> GetContainerEventsAsync(CancellationToken cancellation = default);
}

using Berth.Node.Cri.V1;
using Google.Protobuf;

namespace Berth.Node.Cri;

/// <summary>
/// CRI v1 over a runtime's Unix socket. Owns one channel; safe for concurrent use. Calls carry the deadlines of Kubernetes'
/// node agent: two minutes, four for a sandbox (its network may be slow to come), stop and exec their own limit on top.
/// </summary>
public sealed class CriClient : IRuntimeService, IImageService, IDisposable
{
    private const string Runtime = "/runtime.v1.RuntimeService/";
    private const string Images = "/runtime.v1.ImageService/";

    private static readonly TimeSpan _default = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _sandbox = TimeSpan.FromMinutes(4);

    private readonly GrpcChannel _channel;

    public CriClient(string socketPath, TimeProvider? time = null) => _channel = new GrpcChannel(socketPath, time ?? TimeProvider.System);

    /// <param name="endpoint">A path, or <c>unix://</c> and a path, as in <c>--runtime-endpoint</c>.</param>
    /// <exception cref="FormatException">Neither.</exception>
    public static string SocketPathOf(string endpoint)
    {
        var path = endpoint.StartsWith("unix://", StringComparison.Ordinal) ? endpoint["unix://".Length..] : endpoint;
        return path.StartsWith('/')
            ? path
            : throw new FormatException($"runtime endpoint '{endpoint}': must be unix:///path/to/socket or an absolute path");
    }

    public void Dispose() => _channel.Dispose();

    public Task<VersionResponse> VersionAsync(CancellationToken cancellation = default) =>
        CallAsync("Version", new VersionRequest(), VersionResponse.Parser, cancellation);

    public Task<StatusResponse> StatusAsync(bool verbose = false, CancellationToken cancellation = default) =>
        CallAsync("Status", new StatusRequest { Verbose = verbose }, StatusResponse.Parser, cancellation);

    public Task<RuntimeConfigResponse> RuntimeConfigAsync(CancellationToken cancellation = default) =>
        CallAsync("RuntimeConfig", new RuntimeConfigRequest(), RuntimeConfigResponse.Parser, cancellation);

    public Task UpdateRuntimeConfigAsync(RuntimeConfig config, CancellationToken cancellation = default) =>
        CallAsync("UpdateRuntimeConfig", new UpdateRuntimeConfigRequest { RuntimeConfig = config }, UpdateRuntimeConfigResponse.Parser, cancellation);

    public async Task<string> RunPodSandboxAsync(PodSandboxConfig config, string runtimeHandler = "", CancellationToken cancellation = default)
    {
        var request = new RunPodSandboxRequest { Config = config, RuntimeHandler = runtimeHandler };
        return (await CallAsync("RunPodSandbox", request, RunPodSandboxResponse.Parser, cancellation, _sandbox)).PodSandboxId;
    }

    /// <summary>Done too where there is no such sandbox: CRI says so, containerd 1.6 does not do so.</summary>
    public Task StopPodSandboxAsync(string sandboxId, CancellationToken cancellation = default) =>
        OrGoneAsync(CallAsync("StopPodSandbox", new StopPodSandboxRequest { PodSandboxId = sandboxId }, StopPodSandboxResponse.Parser, cancellation));

    /// <inheritdoc cref="StopPodSandboxAsync"/>
    public Task RemovePodSandboxAsync(string sandboxId, CancellationToken cancellation = default) =>
        OrGoneAsync(CallAsync("RemovePodSandbox", new RemovePodSandboxRequest { PodSandboxId = sandboxId }, RemovePodSandboxResponse.Parser, cancellation));

    public Task<PodSandboxStatusResponse> PodSandboxStatusAsync(string sandboxId, bool verbose = false, CancellationToken cancellation = default) =>
        CallAsync("PodSandboxStatus", new PodSandboxStatusRequest { PodSandboxId = sandboxId, Verbose = verbose }, PodSandboxStatusResponse.Parser, cancellation);

    public async Task<IReadOnlyList<PodSandbox>> ListPodSandboxAsync(PodSandboxFilter? filter = null, CancellationToken cancellation = default) =>
        (await CallAsync("ListPodSandbox", new ListPodSandboxRequest { Filter = filter }, ListPodSandboxResponse.Parser, cancellation)).Items;

    public async Task<string> CreateContainerAsync(
        string sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig, CancellationToken cancellation = default)
    {
        var request = new CreateContainerRequest { PodSandboxId = sandboxId, Config = config, SandboxConfig = sandboxConfig };
        return (await CallAsync("CreateContainer", request, CreateContainerResponse.Parser, cancellation)).ContainerId;
    }

    public Task StartContainerAsync(string containerId, CancellationToken cancellation = default) =>
        CallAsync("StartContainer", new StartContainerRequest { ContainerId = containerId }, StartContainerResponse.Parser, cancellation);

    public Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellation = default) =>
        CallAsync(
            "StopContainer",
            new StopContainerRequest { ContainerId = containerId, Timeout = (long)grace.TotalSeconds },
            StopContainerResponse.Parser,
            cancellation,
            _default + grace);

    public Task RemoveContainerAsync(string containerId, CancellationToken cancellation = default) =>
        CallAsync("RemoveContainer", new RemoveContainerRequest { ContainerId = containerId }, RemoveContainerResponse.Parser, cancellation);

    public async Task<IReadOnlyList<Container>> ListContainersAsync(ContainerFilter? filter = null, CancellationToken cancellation = default) =>
        (await CallAsync("ListContainers", new ListContainersRequest { Filter = filter }, ListContainersResponse.Parser, cancellation)).Containers;

    public Task<ContainerStatusResponse> ContainerStatusAsync(string containerId, bool verbose = false, CancellationToken cancellation = default) =>
        CallAsync("ContainerStatus", new ContainerStatusRequest { ContainerId = containerId, Verbose = verbose }, ContainerStatusResponse.Parser, cancellation);

    public Task UpdateContainerResourcesAsync(
        string containerId, LinuxContainerResources resources, CancellationToken cancellation = default) =>
        CallAsync(
            "UpdateContainerResources",
            new UpdateContainerResourcesRequest { ContainerId = containerId, Linux = resources },
            UpdateContainerResourcesResponse.Parser,
            cancellation);

    public Task ReopenContainerLogAsync(string containerId, CancellationToken cancellation = default) =>
        CallAsync("ReopenContainerLog", new ReopenContainerLogRequest { ContainerId = containerId }, ReopenContainerLogResponse.Parser, cancellation);

    public Task<ExecSyncResponse> ExecSyncAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan limit, CancellationToken cancellation = default)
    {
        var request = new ExecSyncRequest { ContainerId = containerId, Timeout = (long)limit.TotalSeconds, Cmd = { command } };
        // Without a limit of its own the command may run as long as the caller waits.
        return _channel.UnaryAsync(
            Runtime + "ExecSync", request, ExecSyncResponse.Parser, limit > TimeSpan.Zero ? _default + limit : null, cancellation);
    }

    public async Task<string> ExecAsync(ExecRequest request, CancellationToken cancellation = default) =>
        (await CallAsync("Exec", request, ExecResponse.Parser, cancellation)).Url;

    public async Task<string> AttachAsync(AttachRequest request, CancellationToken cancellation = default) =>
        (await CallAsync("Attach", request, AttachResponse.Parser, cancellation)).Url;

    public async Task<string> PortForwardAsync(PortForwardRequest request, CancellationToken cancellation = default) =>
        (await CallAsync("PortForward", request, PortForwardResponse.Parser, cancellation)).Url;

    public async Task<ContainerStats> ContainerStatsAsync(string containerId, CancellationToken cancellation = default) =>
        (await CallAsync("ContainerStats", new ContainerStatsRequest { ContainerId = containerId }, ContainerStatsResponse.Parser, cancellation)).Stats;

    public async Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerStatsFilter? filter = null, CancellationToken cancellation = default) =>
        (await CallAsync("ListContainerStats", new ListContainerStatsRequest { Filter = filter }, ListContainerStatsResponse.Parser, cancellation)).Stats;

    public async Task<PodSandboxStats> PodSandboxStatsAsync(string sandboxId, CancellationToken cancellation = default) =>
        (await CallAsync("PodSandboxStats", new PodSandboxStatsRequest { PodSandboxId = sandboxId }, PodSandboxStatsResponse.Parser, cancellation)).Stats;

    public async Task<IReadOnlyList<PodSandboxStats>> ListPodSandboxStatsAsync(PodSandboxStatsFilter? filter = null, CancellationToken cancellation = default) =>
        (await CallAsync("ListPodSandboxStats", new ListPodSandboxStatsRequest { Filter = filter }, ListPodSandboxStatsResponse.Parser, cancellation)).Stats;

    public IAsyncEnumerable<ContainerEventResponse> GetContainerEventsAsync(CancellationToken cancellation = default) =>
        _channel.ServerStreamAsync(Runtime + "GetContainerEvents", new GetEventsRequest(), ContainerEventResponse.Parser, cancellation);

    public async Task<IReadOnlyList<Image>> ListImagesAsync(ImageFilter? filter = null, CancellationToken cancellation = default) =>
        (await _channel.UnaryAsync(Images + "ListImages", new ListImagesRequest { Filter = filter }, ListImagesResponse.Parser, _default, cancellation)).Images;

    public async Task<Image?> ImageStatusAsync(string image, CancellationToken cancellation = default)
    {
        var request = new ImageStatusRequest { Image = new ImageSpec { Image = image } };
        return (await _channel.UnaryAsync(Images + "ImageStatus", request, ImageStatusResponse.Parser, _default, cancellation)).Image;
    }

    public async Task<string> PullImageAsync(ImageSpec image, AuthConfig? auth = null, CancellationToken cancellation = default) =>
        (await _channel.UnaryAsync(
            Images + "PullImage", new PullImageRequest { Image = image, Auth = auth }, PullImageResponse.Parser, null, cancellation)).ImageRef;

    public Task RemoveImageAsync(string image, CancellationToken cancellation = default) =>
        _channel.UnaryAsync(
            Images + "RemoveImage",
            new RemoveImageRequest { Image = new ImageSpec { Image = image } },
            RemoveImageResponse.Parser,
            _default,
            cancellation);

    public Task<ImageFsInfoResponse> ImageFsInfoAsync(CancellationToken cancellation = default) =>
        _channel.UnaryAsync(Images + "ImageFsInfo", new ImageFsInfoRequest(), ImageFsInfoResponse.Parser, _default, cancellation);

    private static async Task OrGoneAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (GrpcException error) when (error.Code == GrpcStatusCode.NotFound)
        {
            // As wanted.
        }
    }

    private Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser, CancellationToken cancellation, TimeSpan? deadline = null)
        where T : class, IMessage<T> =>
        _channel.UnaryAsync(Runtime + method, request, parser, deadline ?? _default, cancellation);
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Berth.Node.Cri;
using Berth.Node.Cri.V1;

namespace Berth.Node.Tests.Cri;

/// <summary>
/// A container runtime in memory, which passes the same contract as the real one. A container runs until it is stopped or
/// <see cref="Exit"/> ends it; the command <c>sh -c "exit N"</c> ends by itself at once. Calls are recorded in order.
/// </summary>
public sealed class FakeRuntime(TimeProvider time) : IRuntimeService, IImageService
{
    private const int Killed = 137;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PodSandboxStatus> _sandboxes = [];
    private readonly Dictionary<string, ContainerStatus> _containers = [];
    private readonly Dictionary<string, string> _sandboxOf = [];
    private readonly Dictionary<string, ContainerConfig> _configs = [];
    private readonly Dictionary<string, Image> _images = [];
    private readonly Dictionary<string, GrpcException> _failures = [];
    private readonly List<string> _calls = [];
    private readonly List<Channel<ContainerEventResponse>> _watchers = [];
    private int _ids;

    /// <summary>What was called, such as "StartContainer main", oldest first.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate) return [.. _calls];
        }
    }

    /// <summary>Exit code of a container that is stopped with a grace, as if it handled SIGTERM.</summary>
    public int StopExitCode { get; set; } = 143;

    /// <summary>Answers <see cref="ExecSyncAsync"/>.</summary>
    public Func<string, IReadOnlyList<string>, ExecSyncResponse> OnExec { get; set; } = (_, _) => new ExecSyncResponse();

    /// <summary>Images that can be pulled; others fail as a registry's 404 does.</summary>
    public ISet<string> Registry { get; } = new HashSet<string>();

    public void AddImage(string name)
    {
        lock (_gate) _images[name] = new Image { Id = "sha256:" + name, RepoTags = { name }, Size = 1 };
    }

    /// <summary>Makes the next call of a method fail.</summary>
    public void FailNext(string method, GrpcStatusCode code, string detail)
    {
        lock (_gate) _failures[method] = new GrpcException(code, detail);
    }

    public ContainerConfig ConfigOf(string containerId)
    {
        lock (_gate) return _configs[containerId].Clone();
    }

    /// <summary>Ends a running container's process.</summary>
    public void Exit(string containerId, int code, string? reason = null)
    {
        lock (_gate) End(_containers[containerId], code, reason);
    }

    public Task<VersionResponse> VersionAsync(CancellationToken cancellation = default) =>
        Task.FromResult(new VersionResponse { Version = "0.1.0", RuntimeName = "fake", RuntimeVersion = "1.0.0", RuntimeApiVersion = "v1" });

    public Task<StatusResponse> StatusAsync(bool verbose = false, CancellationToken cancellation = default) => Task.FromResult(new StatusResponse
    {
        Status = new RuntimeStatus
        {
            Conditions = { new RuntimeCondition { Type = "RuntimeReady", Status = true }, new RuntimeCondition { Type = "NetworkReady", Status = true } },
        },
    });

    public Task<RuntimeConfigResponse> RuntimeConfigAsync(CancellationToken cancellation = default) =>
        Task.FromResult(new RuntimeConfigResponse { Linux = new LinuxRuntimeConfiguration { CgroupDriver = CgroupDriver.Cgroupfs } });

    public Task UpdateRuntimeConfigAsync(RuntimeConfig config, CancellationToken cancellation = default) => Call("UpdateRuntimeConfig", "", () => 0);

    public Task<string> RunPodSandboxAsync(PodSandboxConfig config, string runtimeHandler = "", CancellationToken cancellation = default) =>
        Call("RunPodSandbox", config.Metadata.Name, () =>
        {
            var id = NextId("sandbox");
            _sandboxes[id] = new PodSandboxStatus
            {
                Id = id,
                Metadata = config.Metadata.Clone(),
                State = PodSandboxState.SandboxReady,
                CreatedAt = Now(),
                Network = new PodSandboxNetworkStatus { Ip = $"10.88.{_ids / 250}.{_ids % 250 + 2}" },
                Labels = { config.Labels },
                Annotations = { config.Annotations },
                RuntimeHandler = runtimeHandler,
            };
            return id;
        });

    public Task StopPodSandboxAsync(string sandboxId, CancellationToken cancellation = default) => Call("StopPodSandbox", sandboxId, () =>
    {
        if (!_sandboxes.TryGetValue(sandboxId, out var sandbox)) return 0;
        foreach (var container in ContainersOf(sandboxId)) End(container, Killed);
        sandbox.State = PodSandboxState.SandboxNotready;
        return 0;
    });

    public Task RemovePodSandboxAsync(string sandboxId, CancellationToken cancellation = default) => Call("RemovePodSandbox", sandboxId, () =>
    {
        foreach (var container in ContainersOf(sandboxId)) Remove(container);
        _sandboxes.Remove(sandboxId);
        return 0;
    });

    public Task<PodSandboxStatusResponse> PodSandboxStatusAsync(string sandboxId, bool verbose = false, CancellationToken cancellation = default) =>
        Call("PodSandboxStatus", sandboxId, () => new PodSandboxStatusResponse { Status = SandboxOf(sandboxId).Clone() }, record: false);

    public Task<IReadOnlyList<PodSandbox>> ListPodSandboxAsync(PodSandboxFilter? filter = null, CancellationToken cancellation = default) =>
        Call<IReadOnlyList<PodSandbox>>("ListPodSandbox", "", () => [.. _sandboxes.Values
            .Where(sandbox => filter is null
                || ((filter.Id.Length == 0 || sandbox.Id == filter.Id)
                    && (filter.State is null || sandbox.State == filter.State.State)
                    && Matches(sandbox.Labels, filter.LabelSelector)))
            .Select(sandbox => new PodSandbox
            {
                Id = sandbox.Id,
                Metadata = sandbox.Metadata.Clone(),
                State = sandbox.State,
                CreatedAt = sandbox.CreatedAt,
                Labels = { sandbox.Labels },
                Annotations = { sandbox.Annotations },
                RuntimeHandler = sandbox.RuntimeHandler,
            })], record: false);

    public Task<string> CreateContainerAsync(
        string sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig, CancellationToken cancellation = default) =>
        Call("CreateContainer", config.Metadata.Name, () =>
        {
            _ = SandboxOf(sandboxId);
            if (!_images.TryGetValue(config.Image.Image, out var image))
                throw new GrpcException(GrpcStatusCode.NotFound, $"failed to resolve image \"{config.Image.Image}\": not found");
            var id = NextId("container");
            _sandboxOf[id] = sandboxId;
            _configs[id] = config.Clone();
            _containers[id] = new ContainerStatus
            {
                Id = id,
                Metadata = config.Metadata.Clone(),
                State = ContainerState.ContainerCreated,
                CreatedAt = Now(),
                Image = config.Image.Clone(),
                ImageRef = image.Id,
                Labels = { config.Labels },
                Annotations = { config.Annotations },
                Mounts = { config.Mounts },
                LogPath = Path.Combine(sandboxConfig.LogDirectory, config.LogPath),
            };
            Tell(_containers[id], ContainerEventType.ContainerCreatedEvent);
            return id;
        });

    public Task StartContainerAsync(string containerId, CancellationToken cancellation = default)
    {
        string name;
        lock (_gate) name = _containers.TryGetValue(containerId, out var found) ? found.Metadata.Name : containerId;
        return Call("StartContainer", name, () =>
        {
            var container = ContainerOf(containerId);
            if (container.State != ContainerState.ContainerCreated)
                throw new GrpcException(GrpcStatusCode.Unknown, $"failed to start container \"{containerId}\": container is in {container.State} state");
            container.State = ContainerState.ContainerRunning;
            container.StartedAt = Now();
            Tell(container, ContainerEventType.ContainerStartedEvent);
            if (_configs[containerId].Command is [.., "-c", var script] && script.StartsWith("exit ", StringComparison.Ordinal)) End(container, int.Parse(script["exit ".Length..]));
            return 0;
        });
    }

    public Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellation = default) => Call("StopContainer", containerId, () =>
    {
        if (_containers.TryGetValue(containerId, out var container)) End(container, grace > TimeSpan.Zero ? StopExitCode : Killed);
        return 0;
    });

    public Task RemoveContainerAsync(string containerId, CancellationToken cancellation = default) => Call("RemoveContainer", containerId, () =>
    {
        if (_containers.TryGetValue(containerId, out var container)) Remove(container);
        return 0;
    });

    public Task<IReadOnlyList<Container>> ListContainersAsync(ContainerFilter? filter = null, CancellationToken cancellation = default) =>
        Call<IReadOnlyList<Container>>("ListContainers", "", () => [.. _containers.Values
            .Where(container => filter is null
                || ((filter.Id.Length == 0 || container.Id == filter.Id)
                    && (filter.State is null || container.State == filter.State.State)
                    && (filter.PodSandboxId.Length == 0 || _sandboxOf[container.Id] == filter.PodSandboxId)
                    && Matches(container.Labels, filter.LabelSelector)))
            .Select(container => new Container
            {
                Id = container.Id,
                PodSandboxId = _sandboxOf[container.Id],
                Metadata = container.Metadata.Clone(),
                Image = container.Image.Clone(),
                ImageRef = container.ImageRef,
                State = container.State,
                CreatedAt = container.CreatedAt,
                Labels = { container.Labels },
                Annotations = { container.Annotations },
            })], record: false);

    public Task<ContainerStatusResponse> ContainerStatusAsync(string containerId, bool verbose = false, CancellationToken cancellation = default) =>
        Call("ContainerStatus", containerId, () => new ContainerStatusResponse { Status = ContainerOf(containerId).Clone() }, record: false);

    public Task UpdateContainerResourcesAsync(string containerId, LinuxContainerResources resources, CancellationToken cancellation = default) =>
        Call("UpdateContainerResources", containerId, () => ContainerOf(containerId).Resources = new ContainerResources { Linux = resources.Clone() });

    public Task ReopenContainerLogAsync(string containerId, CancellationToken cancellation = default) =>
        Call("ReopenContainerLog", containerId, () => ContainerOf(containerId));

    public Task<ExecSyncResponse> ExecSyncAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan limit, CancellationToken cancellation = default) =>
        Call("ExecSync", string.Join(' ', command), () => ContainerOf(containerId) is { State: ContainerState.ContainerRunning }
            ? OnExec(containerId, command)
            : throw new GrpcException(GrpcStatusCode.Unknown, "container is not running"));

    public Task<string> ExecAsync(ExecRequest request, CancellationToken cancellation = default) =>
        Call("Exec", request.ContainerId, () => "http://127.0.0.1:1/exec/" + ContainerOf(request.ContainerId).Id);

    public Task<string> AttachAsync(AttachRequest request, CancellationToken cancellation = default) =>
        Call("Attach", request.ContainerId, () => "http://127.0.0.1:1/attach/" + ContainerOf(request.ContainerId).Id);

    public Task<string> PortForwardAsync(PortForwardRequest request, CancellationToken cancellation = default) =>
        Call("PortForward", request.PodSandboxId, () => "http://127.0.0.1:1/portforward/" + SandboxOf(request.PodSandboxId).Id);

    public Task<ContainerStats> ContainerStatsAsync(string containerId, CancellationToken cancellation = default) =>
        Call("ContainerStats", containerId, () => StatsOf(ContainerOf(containerId)), record: false);

    public Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerStatsFilter? filter = null, CancellationToken cancellation = default) =>
        Call<IReadOnlyList<ContainerStats>>("ListContainerStats", "", () => [.. _containers.Values.Where(container => container.State == ContainerState.ContainerRunning).Select(StatsOf)], record: false);

    public Task<PodSandboxStats> PodSandboxStatsAsync(string sandboxId, CancellationToken cancellation = default) =>
        Call("PodSandboxStats", sandboxId, () => StatsOf(SandboxOf(sandboxId)), record: false);

    public Task<IReadOnlyList<PodSandboxStats>> ListPodSandboxStatsAsync(PodSandboxStatsFilter? filter = null, CancellationToken cancellation = default) =>
        Call<IReadOnlyList<PodSandboxStats>>("ListPodSandboxStats", "", () => [.. _sandboxes.Values.Select(StatsOf)], record: false);

    public async IAsyncEnumerable<ContainerEventResponse> GetContainerEventsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var channel = Channel.CreateUnbounded<ContainerEventResponse>();
        lock (_gate) _watchers.Add(channel);
        try
        {
            await foreach (var response in channel.Reader.ReadAllAsync(cancellation)) yield return response;
        }
        finally
        {
            lock (_gate) _watchers.Remove(channel);
        }
    }

    public Task<IReadOnlyList<Image>> ListImagesAsync(ImageFilter? filter = null, CancellationToken cancellation = default) =>
        Call<IReadOnlyList<Image>>("ListImages", "", () => [.. _images.Values.Select(image => image.Clone())], record: false);

    public Task<Image?> ImageStatusAsync(string image, CancellationToken cancellation = default) =>
        Call("ImageStatus", image, () => _images.GetValueOrDefault(image)?.Clone(), record: false);

    public Task<string> PullImageAsync(ImageSpec image, AuthConfig? auth = null, CancellationToken cancellation = default) =>
        Call("PullImage", image.Image, () =>
        {
            if (!Registry.Contains(image.Image))
                throw new GrpcException(GrpcStatusCode.NotFound, $"failed to pull and unpack image \"{image.Image}\": not found");
            _images[image.Image] = new Image { Id = "sha256:" + image.Image, RepoTags = { image.Image }, Size = 1 };
            return _images[image.Image].Id;
        });

    public Task RemoveImageAsync(string image, CancellationToken cancellation = default) => Call("RemoveImage", image, () => _images.Remove(image));

    public Task<ImageFsInfoResponse> ImageFsInfoAsync(CancellationToken cancellation = default) =>
        Task.FromResult(new ImageFsInfoResponse { ImageFilesystems = { new FilesystemUsage { Timestamp = Now(), UsedBytes = new UInt64Value { Value = 1 } } } });

    private Task<T> Call<T>(string method, string subject, Func<T> act, bool record = true)
    {
        lock (_gate)
        {
            if (record) _calls.Add($"{method} {subject}".Trim());
            try
            {
                return _failures.Remove(method, out var failure) ? Task.FromException<T>(failure) : Task.FromResult(act());
            }
            catch (GrpcException error)
            {
                return Task.FromException<T>(error);
            }
        }
    }

    private PodSandboxStatus SandboxOf(string id) => _sandboxes.TryGetValue(id, out var sandbox)
        ? sandbox
        : throw new GrpcException(GrpcStatusCode.NotFound, $"an error occurred when try to find sandbox: \"{id}\": not found");

    private ContainerStatus ContainerOf(string id) => _containers.TryGetValue(id, out var container)
        ? container
        : throw new GrpcException(GrpcStatusCode.NotFound, $"an error occurred when try to find container \"{id}\": not found");

    private List<ContainerStatus> ContainersOf(string sandboxId) => [.. _containers.Values.Where(container => _sandboxOf[container.Id] == sandboxId)];

    private void End(ContainerStatus container, int code, string? reason = null)
    {
        if (container.State != ContainerState.ContainerRunning) return;
        container.State = ContainerState.ContainerExited;
        container.ExitCode = code;
        container.Reason = reason ?? (code == 0 ? "Completed" : "Error");
        container.FinishedAt = Now();
        Tell(container, ContainerEventType.ContainerStoppedEvent);
    }

    private void Remove(ContainerStatus container)
    {
        End(container, Killed);
        _containers.Remove(container.Id);
        Tell(container, ContainerEventType.ContainerDeletedEvent);
    }

    private void Tell(ContainerStatus container, ContainerEventType type)
    {
        foreach (var watcher in _watchers)
            watcher.Writer.TryWrite(new ContainerEventResponse { ContainerId = container.Id, ContainerEventType = type, CreatedAt = Now() });
    }

    private ContainerStats StatsOf(ContainerStatus container) => new()
    {
        Attributes = new ContainerAttributes { Id = container.Id, Metadata = container.Metadata.Clone(), Labels = { container.Labels } },
        Cpu = new CpuUsage { Timestamp = Now(), UsageCoreNanoSeconds = new UInt64Value { Value = 1 } },
        Memory = new MemoryUsage { Timestamp = Now(), WorkingSetBytes = new UInt64Value { Value = 1 } },
    };

    private PodSandboxStats StatsOf(PodSandboxStatus sandbox) => new()
    {
        Attributes = new PodSandboxAttributes { Id = sandbox.Id, Metadata = sandbox.Metadata.Clone(), Labels = { sandbox.Labels } },
        Linux = new LinuxPodSandboxStats { Containers = { ContainersOf(sandbox.Id).Select(StatsOf) } },
    };

    private static bool Matches(IDictionary<string, string> labels, IDictionary<string, string> selector) =>
        selector.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private string NextId(string kind) => $"{kind}-{++_ids}";

    private long Now() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}

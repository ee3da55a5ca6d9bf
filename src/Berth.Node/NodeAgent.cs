using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Node.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Linux.Cgroups;
using Berth.Linux.Machine;
using Berth.Node.Cri;
using Berth.Node.Devices;
using Berth.Node.Devices.Claims;
using Berth.Node.Devices.Drivers;
using Berth.Node.Lifecycle;
using Berth.Node.Lifecycle.Eviction;
using Berth.Node.Logs;
using Berth.Node.NodeStatus;
using Berth.Node.Plugins;
using Berth.Node.PodSync;
using Berth.Node.Runtime;
using Berth.Node.Probes;
using Berth.Node.Resources;
using Berth.Node.Shutdown;
using Berth.Node.StaticPods;
using Berth.Node.Status;
using Berth.Node.Streaming;
using Berth.Node.Volumes;
using Berth.Node.Volumes.Csi;
using Berth.Node.Volumes.Local;
using Berth.Resources.Allocation;
using Berth.Resources.Topology;
using Berth.Resources.Volumes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Node;

/// <summary>
/// The node agent: registers the node, runs the pods that are bound to it, tells their status. Stopping it leaves the
/// containers running; the next one adopts them.
/// </summary>
public sealed partial class NodeAgent : IAsyncDisposable
{
    private static readonly TimeSpan _orphanInterval = TimeSpan.FromMinutes(2);

    private readonly NodeAgentOptions _options;
    private readonly IClusterClient _client;
    private readonly IRuntimeService _runtime;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly EventRecorder _events;
    private readonly NodeFacts _facts;
    private readonly DevicePlugins _plugins;
    private readonly DeviceOwner _devices;
    private readonly ClaimDrivers _claimDrivers;
    private readonly BuiltInDrivers _drivers;
    private readonly ClaimOwner _claims;
    private readonly PodResourcesServer? _podResources;
    private readonly MachineWatch _machine;
    private readonly NodeAllocations _allocations;
    private readonly AllocationPublisher _publisher;
    private readonly IsolationRounds _isolation;
    private readonly ImageVolumes? _imageVolumes;
    private readonly NodeReporter _reporter;
    private readonly PodCgroups _cgroups;
    private readonly PodVolumes _volumes;
    private readonly PodDirectories _directories;
    private readonly LocalVolumes _localVolumes;
    private readonly CsiDrivers _csiDrivers;
    private readonly CsiVolumes _csi;
    private readonly CsiUpkeep _csiUpkeep;
    private readonly ClaimUsage _claimUsage;
    private readonly PluginRegistry _pluginRegistry;
    private readonly ReferencedObjects _references;
    private readonly ProbeHttp _http = new();
    private readonly Informer<Pod> _pods;
    private readonly Informer<Service> _services;
    private readonly PodWorkers _workers;
    private readonly PodServices _podServices;
    private readonly StaticPods.StaticPods _static;
    private readonly NodeShutdown _shutdown;
    private readonly RuntimeEvents _runtimeEvents;
    private readonly LogRotation _logRotation;
    private readonly Evictor _evictor;
    private readonly ImageCollector _imageCollector;
    private readonly KubeletServer? _server;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeAgent(NodeAgentOptions options, IClusterClient client, IRuntimeService runtime, IImageService images, TimeProvider? time = null, ILoggerFactory? logs = null)
    {
        var configuration = options.Configuration;
        if (configuration != NodeConfiguration.Default)
            options = options with { PodsMax = configuration.PodsMax, Reserved = options.Reserved.With(NodePolicies.Reserved(configuration)) };
        _options = options;
        _client = client;
        _runtime = runtime;
        _time = time ?? TimeProvider.System;
        _log = (logs ?? NullLoggerFactory.Instance).CreateLogger("Berth.Node");
        Directory.CreateDirectory(options.PodsDirectory);
        Directory.CreateDirectory(options.LogsDirectory);
        Directory.CreateDirectory(options.SeccompDirectory);

        _machine = new MachineWatch(configuration, MachineInfo.Read, MachineInfo.Fingerprint, () => _plugins?.Resources ?? [], _time, _log);
        var (machine, shape) = (_machine.Machine, _machine.Shape);
        // From its first moment the scheduler knows what the node is made of.
        if (shape.Policy.IsExact)
            _options = options = options with { Annotations = options.Annotations.With(AllocationAnnotations.Topology, NodeShapeJson.Write(shape)) };
        var hierarchy = CgroupHierarchy.Detect();
        var memory = new MemoryProtection(configuration, machine.MemoryBytes, machine.SwapBytes, () => _facts!.Allocatable.GetOr("memory").Value);
        _cgroups = new PodCgroups(hierarchy, options.CgroupRoot, _time)
        {
            ProtectedBytes = memory.OfPod,
            IsUnthrottled = uid => !configuration.CpuQuota || _allocations!.HasOwnCpus(uid),
            PidsMax = configuration.PodPidsMax,
        };
        _allocations = new NodeAllocations(shape, configuration, runtime, _cgroups.CpusOf, options.AllocationsFile, _time, _log)
        {
            PodOf = uid => _workers!.Find(uid)?.Granted,
            LostCpus = LostCpus,
        };
        _publisher = new AllocationPublisher(_allocations, client, options.NodeName, _time, _log);
        var places = new PinnedPlaces(_allocations);
        _plugins = new DevicePlugins(Path.Combine(options.KubeletDirectory ?? options.DataDirectory, "device-plugins"), _time, logs ?? NullLoggerFactory.Instance);
        var cdi = new CdiDevices(RuntimeKnowsCdi, [.. CdiDevices.StandardDirectories.Append(options.CdiDirectory).Distinct()]);
        _devices = new DeviceOwner(_plugins, cdi, places, options.DeviceGrantsFile, _time, _log);
        // A vendor's own drivers come first: then the built-in one leaves the devices to them.
        _drivers = new BuiltInDrivers(options, client, () => _plugins.Find("nvidia.com/gpu") is { Connected: true } || _claimDrivers!.Find("gpu.nvidia.com") is not null, _time, _log);
        _claimDrivers = new ClaimDrivers(_drivers.All, client, options.NodeName, _time, _log);
        _claims = new ClaimOwner(_claimDrivers, cdi, client, options.ClaimGrantsFile, _log);
        _facts = new NodeFacts(options, () => _machine.Machine) { Devices = () => (_plugins.Capacity, _plugins.Allocatable), KnownDevices = () => _devices.KnownResources };
        _events = new EventRecorder(client, "kubelet", options.NodeName, _time, _log);
        _directories = new PodDirectories(options);
        _references = new ReferencedObjects(client, _time, _log, uid => _workers!.Find(uid)?.ReferencesChanged());
        var payloads = new PayloadSource(_references, client, _time, () => _facts.Allocatable, options.Addresses);
        _localVolumes = new LocalVolumes(options, client, _events, _time, _log, IsInUse);
        var csiNode = new CsiNodeObject(client, options.NodeName);
        _csiDrivers = new CsiDrivers(csiNode, _time);
        var csiPaths = new CsiPaths(options, _directories);
        var inUse = new VolumesInUse();
        _csi = new CsiVolumes(csiPaths, _csiDrivers, new CsiContext(client), new CsiExpansion(client, _events, _time), inUse, client, _time, options.NodeName);
        _pluginRegistry = new PluginRegistry(csiPaths.RegistryDirectory, [_csiDrivers, _claimDrivers], _time, _log);
        _claimUsage = new ClaimUsage(_csi, _time, _log);
        var claims = new ClaimVolumes(_localVolumes, _csi, _claimUsage, client, options.NodeName);
        _csiUpkeep = new CsiUpkeep(csiNode, _csiDrivers, _csi, claims, client, () => _workers!.All.Where(w => !w.HasEnded).Select(w => w.Pod), _time, _log);
        _volumes = new PodVolumes(_directories, payloads, claims, _claimUsage, _csi, _time);
        Pressure = new NodePressure(options, _time);
        _reporter = new NodeReporter(options, _facts, Pressure, client, runtime, images, inUse, _events, _time, _log)
        {
            NotReady = () => _shutdown!.IsUnderWay ? NodeShutdown.NotReadyMessage : null,
            Missing = () => _machine.Missing([.. _allocations.Short.Select(uid => _workers!.Find(uid)?.Pod.Metadata is { } of ? $"{of.Namespace}/{of.Name}" : uid)]),
        };
        inUse.Report = _reporter.ReportAsync;
        _pods = new Informer<Pod>(client, new InformerOptions { FieldSelector = $"spec.nodeName={options.NodeName}", Time = _time }, _log);
        _services = new Informer<Service>(client, new InformerOptions { Time = _time }, _log);
        var environment = new ContainerEnvironment(_references, ServicesFor, _facts.Allocatable, options.Addresses);
        _imageVolumes = options.ContainerdSocket is { } containerd ? new ImageVolumes(containerd, _directories, _time) : null;
        _shutdown = new NodeShutdown(configuration.ShutdownTiers, () => _workers!.All, () => _reporter.Nudge(), _time, _log);
        _workers = new PodWorkers(pod => new PodWorker(_podServices!, pod), _log);
        _static = new StaticPods.StaticPods(
            new StaticPodFiles(configuration.StaticPodPath ?? "", options.NodeName, options.ReadPod ?? (static _ => throw new FormatException("this agent reads no static pods"))),
            _workers, client, () => _reporter.Node, () => _pods!.Cache.List(), _time, _log);
        IReadOnlyList<IResourceOwner> owners =
        [
            _shutdown,
            new PressureGuard(Pressure),
            _allocations,
            // After who gives CPUs: a container without a quota has nothing to burst above.
            new KernelSettings(hierarchy, memory, _cgroups, () => _workers!.All.Where(w => w.IsAdmitted && !w.HasEnded).Select(w => w.Granted), CacheClasses.Exist() ? CacheClasses.Has : null),
            _devices,
            _claims,
        ];
        var admission = new PodAdmission(() => _workers!.All, async (fresh, ct) => (fresh ? await _reporter.RefreshAsync(ct) : _reporter.Node)?.Metadata.Labels ?? _facts.Labels, options.NodeName, () => _facts.Allocatable, owners);
        var services = new PodServices
        {
            Options = options,
            Runtime = runtime,
            Images = new ImagePuller(images, _references, _events, _time),
            Volumes = _volumes,
            ImageVolumes = _imageVolumes,
            References = _references,
            Cgroups = _cgroups,
            Directories = _directories,
            Sandboxes = new SandboxConfiguration(options, _directories),
            Containers = new ContainerConfiguration(options, _directories, _volumes, environment, machine.MemoryBytes),
            Handlers = new HandlerRunner(runtime, _http, _time),
            Probes = new ProbeRunner(runtime, _http, _events, _time),
            Statuses = new StatusWriter(client, _static),
            Events = _events,
            Time = _time,
            Log = _log,
            MachineMemoryBytes = machine.MemoryBytes,
            Admission = admission,
            Owners = owners,
            Claims = _claims,
            DeviceHealth = (pod, container) => [.. _devices.HealthOf(pod.Metadata.Uid, container), .. _claims.HealthOf(pod, container)],
            HandBack = HandBackAsync,
            RuntimeHandler = RuntimeHandlerAsync,
        };
        _podServices = services;
        _machine.Changed = now =>
        {
            _allocations.Reshape(now);
            _reporter.Nudge();
        };
        _isolation = new IsolationRounds(_allocations, () => _workers.All, _cgroups, new InterruptAffinity("/proc/irq"), _time, _log);
        _plugins.Changed += resource =>
        {
            if (_machine.Shape.Policy.IsExact) _machine.DevicesChanged();
            _reporter.Nudge();
            foreach (var uid in _devices.UsersOf(resource)) _workers.Wake(uid);
        };
        _claimDrivers.Changed += WakeClaimUsers;
        _drivers.Changed += WakeClaimUsers;
        if (options.KubeletDirectory is { } kubelet)
            _podResources = new PodResourcesServer(Path.Combine(kubelet, "pod-resources", "kubelet.sock"), _workers, _plugins, _devices, _claims, places, logs ?? NullLoggerFactory.Instance);
        _runtimeEvents = new RuntimeEvents(runtime, options.ContainerdSocket, _workers, _time, _log);
        _logRotation = new LogRotation(runtime, () => _workers.All, _time, _log);
        _imageCollector = new ImageCollector(images, runtime, options, _events, () => _reporter.Node, _time, _log);
        _evictor = new Evictor(() => _workers.All, Pressure, _cgroups, _directories, runtime, images, _imageCollector, options.Configuration.Eviction, _events, () => _reporter.Node, _time, _log);
        if (options.Server is { } server)
        {
            var statistics = new NodeStatistics(options, _directories, _workers, _claimUsage, _cgroups, runtime, Pressure, _facts, _time);
            var api = new KubeletApi(_workers, runtime, new LogReader(_time), statistics, new CadvisorMetrics(_workers, _cgroups, _facts, _time), () => _reporter.Node is not null);
            _server = new KubeletServer(server, api, logs ?? NullLoggerFactory.Instance);
        }

        // A mirror only shows a pod that runs anyway.
        _pods.AddHandler(
            pod => { if (!StaticPodFiles.IsMirror(pod)) _workers.Set(pod); },
            (_, pod) => { if (!StaticPodFiles.IsMirror(pod)) _workers.Set(pod); },
            pod => { if (!StaticPodFiles.IsMirror(pod)) _workers.Remove(pod); });
    }

    public NodePressure Pressure { get; }

    /// <summary>Ends the node's pods before the machine goes.</summary>
    public NodeShutdown Shutdown => _shutdown;

    /// <summary>Done once the node is registered and its pods are known.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Until cancelled. The containers go on running.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        List<Task> running = [];
        try
        {
            long? Left(string resource, long total) => _options.Reserved.TryGetValue(resource, out var reserved) && !reserved.IsZero ? Math.Max(1, total - reserved.Value) : null;
            _cgroups.EnsureTree(_facts.Allocatable.GetOr("cpu").MilliValue, Left("memory", _facts.Machine.MemoryBytes), Left("pid", NodePressure.PidsTotal));
            _csi.Restore();
            // Listening comes first: the Node's status names the port.
            if (_server is not null) await _server.StartAsync(stop.Token);
            await _allocations.RestoreAsync(stop.Token);
            await _reporter.RegisterAsync(stop.Token);
            if (_podResources is not null)
            {
                await _plugins.StartAsync(stop.Token);
                await _podResources.StartAsync(stop.Token);
            }

            _workers.Start(stop.Token);
            _static.Start();
            // Drivers come back by themselves; pods that wait for one are tried again.
            running.Add(_pluginRegistry.RunAsync(stop.Token));
            _ = _claimDrivers.SweepAsync(stop.Token);
            running.Add(_drivers.RunAsync(stop.Token));
            running.Add(_services.RunAsync(stop.Token));
            // Containers get the services' addresses at their start: without the list they would miss them for good.
            await _services.WaitForSyncAsync(stop.Token);
            running.Add(_pods.RunAsync(stop.Token));
            running.Add(_runtimeEvents.RunAsync(stop.Token));
            running.Add(_reporter.RunAsync(stop.Token));
            await _pods.WaitForSyncAsync(stop.Token);
            running.Add(SweepAsync(stop.Token));
            running.Add(_allocations.RunAsync(stop.Token));
            running.Add(_publisher.RunAsync(stop.Token));
            running.Add(_machine.RunAsync(stop.Token));
            running.Add(_static.RunAsync(stop.Token));
            if (_options.Configuration.ShutdownTiers.Count > 0) running.Add(new LogindDelay(_shutdown, _time, _log).RunAsync(stop.Token));
            running.Add(_isolation.RunAsync(stop.Token));
            running.Add(_logRotation.RunAsync(stop.Token));
            running.Add(_evictor.RunAsync(stop.Token));
            running.Add(_imageCollector.RunAsync(stop.Token));
            running.Add(_localVolumes.RunAsync(stop.Token));
            running.Add(_csiUpkeep.RunAsync(stop.Token));
            running.Add(_claimUsage.RunAsync(stop.Token));
            _ready.TrySetResult();
            var first = await Task.WhenAny(running);
            await first; // a loop that ends has failed
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop.
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAny(_workers.WhenAllAsync(), Task.Delay(_options.StopLimit, _time, CancellationToken.None));
            _ready.TrySetCanceled(CancellationToken.None);
        }
    }

    /// <summary>Removes the cgroups of all pods; for an instance that goes for good, once nothing runs any more.</summary>
    public Task RemoveCgroupsAsync(CancellationToken ct = default) => _cgroups.RemoveTreeAsync(ct);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (_podResources is not null) await _podResources.DisposeAsync();
        await _plugins.DisposeAsync();
        _claimDrivers.Dispose();
        _drivers.Dispose();
        _localVolumes.Dispose();
        _csiDrivers.Dispose();
        await _references.DisposeAsync();
        _imageVolumes?.Dispose();
        await _events.DisposeAsync();
        _http.Dispose();
    }

    private void WakeClaimUsers()
    {
        foreach (var uid in _claims.Users) _workers.Wake(uid);
    }

    private IEnumerable<Service> ServicesFor(string ns) => _services.Cache.List(ns).Concat(ns == "default" ? [] : _services.Cache.List("default"));

    private bool IsInUse(PersistentVolume volume) =>
        volume.Spec.ClaimRef is { } claim
        && _workers.All.Any(w => !w.HasEnded && PodClaim.Of(w.Pod).Any(c => c.Key == new ObjectKey(claim.Namespace, claim.Name)));

    /// <summary>A pod is told what became of its CPUs; one that is short of them and has somebody to make it anew is given up, so that it runs elsewhere.</summary>
    private void LostCpus(Pod pod, CpuSet lost, PodAllocation? instead)
    {
        _reporter.Nudge();
        if (instead is not null)
        {
            _events.Event(pod, "Warning", "ExclusiveCPUsReplaced", $"CPUs {lost} are offline; the pod has {instead.Cpus} now");
            return;
        }

        var message = $"CPUs {lost} are offline, and {_options.NodeName} has no others that the pod may have";
        _events.Event(pod, "Warning", "ExclusiveCPUsLost", message);
        if (pod.Metadata.OwnerReferences.Any(o => o.Controller == true))
            _workers.Find(pod.Metadata.Uid)?.Fail("ExclusiveCPUsLost", message, null, [new PodCondition { Type = "DisruptionTarget", Status = "True", Reason = "TerminationByKubelet", Message = message }]);
    }

    /// <summary>containerd does from 1.7 on; others are taken to.</summary>
    private bool RuntimeKnowsCdi() =>
        !_reporter.RuntimeVersion.StartsWith("containerd://", StringComparison.Ordinal)
        || ContainerdVersion.Parse("containerd - " + _reporter.RuntimeVersion["containerd://".Length..]) is { Major: > 1 } or { Major: 1, Minor: >= 7 };

    /// <summary>A binding without a node undoes one, for a pod that has not begun: only Berth's server knows it.</summary>
    private async Task<bool> HandBackAsync(Pod pod, AdmissionRefusal refusal, CancellationToken ct)
    {
        var meta = pod.Metadata;
        try
        {
            await _client.CreateSubresourceAsync<Pod, Binding, Api.Meta.V1.Status>(
                meta.Namespace, meta.Name, "binding",
                new Binding
                {
                    Metadata = new() { Name = meta.Name, Namespace = meta.Namespace, Uid = meta.Uid, Annotations = ApiMap.Of((AllocationAnnotations.HandedBack, $"{_options.NodeName}: {refusal.Message}")) },
                    Target = new ObjectReference { Kind = "Node" },
                },
                ct: ct);
        }
        catch (ApiException error) when (!error.IsTooManyRequests && error.Code < 500)
        {
            LogNotHandedBack(_log, meta.Namespace, meta.Name, error.Message);
            return false;
        }

        _events.Event(pod, "Warning", "HandedBack", $"{_options.NodeName} cannot give the pod what the scheduler chose: {refusal.Message}");
        return true;
    }

    private async Task<string> RuntimeHandlerAsync(string name, CancellationToken ct)
    {
        try
        {
            return (await _client.GetAsync<RuntimeClass>(null, name, null, ct)).Handler;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            throw new ContainerConfigException("FailedCreatePodSandBox", $"failed to get sandbox runtime: RuntimeClass \"{name}\" not found", error);
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        var sweep = new OrphanSweep(_runtime, _volumes, _cgroups, _directories, uid => _workers.Find(uid) is not null, _log);
        while (true)
        {
            try
            {
                await sweep.RunAsync(ct);
                if (_imageVolumes is not null) await _imageVolumes.SweepAsync(uid => _workers.Find(uid) is not null, ct);
                _devices.Retain(uid => _workers.Find(uid) is not null);
                await _claims.RetainAsync(uid => _workers.Find(uid) is not null, ct);
                await _allocations.ReleaseUnknownAsync(uid => _workers.Find(uid) is not null, ct);
            }
            catch (Exception error) when (!ct.IsCancellationRequested && error is GrpcException or IOException or UnauthorizedAccessException)
            {
                LogSweepFailed(_log, error.Message);
            }

            await Task.Delay(_orphanInterval, _time, ct);
        }
    }

    [LoggerMessage(5407, LogLevel.Warning, "Pod {Namespace}/{Name} could not be handed back, so it fails: {Problem}")]
    private static partial void LogNotHandedBack(ILogger log, string @namespace, string name, string problem);

    [LoggerMessage(5006, LogLevel.Warning, "Taking away what deleted pods left failed, trying again: {Problem}")]
    private static partial void LogSweepFailed(ILogger log, string problem);
}

using Berth.Api;
using Berth.Api.Coordination.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Node.Cri;
using Berth.Node.Volumes;
using Microsoft.Extensions.Logging;
using ApiNode = Berth.Api.Core.V1.Node;

namespace Berth.Node.NodeStatus;

/// <summary>
/// Registers the node and keeps telling that it lives: a lease every ten seconds, the status when it changes and every
/// five minutes. Owned by one loop; a failure is tried again, the lease in two seconds, so that a server that comes back
/// sees the node before it counts as lost.
/// </summary>
public sealed partial class NodeReporter(
    NodeAgentOptions options, NodeFacts facts, NodePressure pressure, IClusterClient client, IRuntimeService runtime, IImageService images, VolumesInUse volumes, EventRecorder events, TimeProvider time, ILogger log)
{
    public const string LeaseNamespace = "kube-node-lease";

    // Kubernetes' numbers: a node counts as lost after 40 s without a renewal.
    private const int LeaseSeconds = 40;
    private const int ImagesMax = 50;

    // Controllers write to the Node too: kubectl, the attach controller, the drivers' own.
    private const int StatusAttempts = 5;
    private static readonly TimeSpan _leaseInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _leaseRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _statusInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _statusForced = TimeSpan.FromMinutes(5);

    private readonly System.Threading.Channels.Channel<bool> _nudges =
        System.Threading.Channels.Channel.CreateBounded<bool>(new System.Threading.Channels.BoundedChannelOptions(1) { FullMode = System.Threading.Channels.BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _writing = new(1);
    private ApiNode? _node;
    private Lease? _lease;
    private DateTimeOffset _writtenAt;
    private string _runtimeVersion = "";

    /// <summary>A condition of another part of the agent; null when it has nothing to tell.</summary>
    public Func<NodeCondition?> Missing { get; init; } = static () => null;

    /// <summary>Why the node takes no pods, whatever the runtime says; null where it does.</summary>
    public Func<string?> NotReady { get; init; } = static () => null;

    /// <summary>Name and version, as in the node's status; empty before it is registered.</summary>
    public string RuntimeVersion => Volatile.Read(ref _runtimeVersion);

    /// <summary>Something that the status tells has changed: it is written soon.</summary>
    public void Nudge() => _nudges.Writer.TryWrite(true);

    /// <summary>The node as last written; null before it is registered.</summary>
    public ApiNode? Node => Volatile.Read(ref _node);

    /// <summary>Makes the Node object or takes over the one that is there, and writes the first status and lease.</summary>
    public async Task RegisterAsync(CancellationToken ct)
    {
        var version = await runtime.VersionAsync(ct);
        _runtimeVersion = $"{version.RuntimeName}://{version.RuntimeVersion.TrimStart('v')}";
        var wait = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            try
            {
                await EnsureNodeAsync(ct);
                await WriteStatusAsync(force: true, ct);
                await RenewLeaseAsync(ct);
                events.Event(Node!, "Normal", "Starting", "Starting kubelet.");
                return;
            }
            catch (Exception error) when (IsTransient(error, ct))
            {
                LogFailed(log, "register the node", error.Message);
                await Task.Delay(wait, time, ct);
                wait = wait * 2 < TimeSpan.FromSeconds(7) ? wait * 2 : TimeSpan.FromSeconds(7);
            }
        }
    }

    public async Task RunAsync(CancellationToken ct) => await Task.WhenAll(RunLeaseAsync(ct), RunStatusAsync(ct));

    /// <summary>The node as the API has it now; as last known when the API does not answer.</summary>
    public async Task<ApiNode?> RefreshAsync(CancellationToken ct)
    {
        try
        {
            Volatile.Write(ref _node, await client.GetAsync<ApiNode>(null, options.NodeName, null, ct));
        }
        catch (Exception error) when (IsTransient(error, ct))
        {
            LogFailed(log, "read the node", error.Message);
        }

        return Node;
    }

    private static bool IsTransient(Exception error, CancellationToken ct) =>
        !ct.IsCancellationRequested && error is ApiException or HttpRequestException or IOException or GrpcException or OperationCanceledException;

    private async Task RunLeaseAsync(CancellationToken ct)
    {
        while (true)
        {
            var wait = _leaseInterval;
            try
            {
                await RenewLeaseAsync(ct);
            }
            catch (Exception error) when (IsTransient(error, ct))
            {
                LogFailed(log, "renew the node's lease", error.Message);
                _lease = null;
                wait = _leaseRetry;
            }

            await Task.Delay(wait, time, ct);
        }
    }

    private async Task RunStatusAsync(CancellationToken ct)
    {
        while (true)
        {
            await WaitAsync(ct);
            try
            {
                // Others write here too: labels, taints, extended resources.
                await RefreshAsync(ct);
                await WriteStatusAsync(force: false, ct);
            }
            catch (Exception error) when (IsTransient(error, ct))
            {
                LogFailed(log, "write the node's status", error.Message);
            }
        }
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(_statusInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            await _nudges.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // It is time.
        }
    }

    private async Task EnsureNodeAsync(CancellationToken ct)
    {
        var wanted = new ApiNode
        {
            Metadata = new ObjectMeta { Name = options.NodeName, Labels = facts.Labels, Annotations = Told(ApiMap<string>.Empty) },
            Spec = new NodeSpec { PodCIDR = options.PodCidrs.FirstOrDefault() ?? "", PodCIDRs = options.PodCidrs.ToApiList(), Taints = options.Taints },
        };
        try
        {
            // Created with its status, so that nobody sees a node without capacity.
            _node = await client.CreateAsync(wanted with { Status = await StatusAsync(wanted, ct) }, null, ct);
            _writtenAt = default;
            return;
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            _node = await client.GetAsync<ApiNode>(null, options.NodeName, null, ct);
        }

        var labels = _node.Metadata.Labels.With(facts.Labels);
        var spec = _node.Spec.PodCIDR.Length == 0 && wanted.Spec.PodCIDR.Length > 0
            ? _node.Spec with { PodCIDR = wanted.Spec.PodCIDR, PodCIDRs = wanted.Spec.PodCIDRs }
            : _node.Spec;
        var annotations = Told(_node.Metadata.Annotations);
        if (!labels.Equals(_node.Metadata.Labels) || !annotations.Equals(_node.Metadata.Annotations) || spec != _node.Spec)
            _node = await client.UpdateAsync(_node with { Metadata = _node.Metadata with { Labels = labels, Annotations = annotations }, Spec = spec }, null, ct);
    }

    private ApiMap<string> Told(ApiMap<string> before) =>
        options.Annotations.Aggregate(before, (all, entry) => entry.Value.Length > 0 ? all.With(entry.Key, entry.Value) : all.Without(entry.Key));

    /// <summary>Writes the status when it has changed, at once.</summary>
    public Task ReportAsync(CancellationToken ct) => WriteStatusAsync(force: false, ct);

    private async Task WriteStatusAsync(bool force, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            await WriteStatusAloneAsync(force, ct);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WriteStatusAloneAsync(bool force, CancellationToken ct)
    {
        var node = _node!;
        var status = await StatusAsync(node, ct);
        var now = time.GetUtcNow();
        // Heartbeat times alone are no change: the lease carries the heartbeat.
        var changed = WithoutHeartbeats(status) != WithoutHeartbeats(node.Status);
        if (!changed && !force && now - _writtenAt < _statusForced) return;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Volatile.Write(ref _node, await client.UpdateStatusAsync(node with { Status = status }, null, ct));
                break;
            }
            catch (ApiException error) when (error.IsConflict && attempt < StatusAttempts)
            {
                node = await client.GetAsync<ApiNode>(null, options.NodeName, null, ct);
                status = await StatusAsync(node, ct);
            }
            catch (ApiException error) when (error.IsNotFound)
            {
                await EnsureNodeAsync(ct); // somebody deleted a node that lives
                break;
            }
        }

        _writtenAt = now;
    }

    private static Api.Core.V1.NodeStatus WithoutHeartbeats(Api.Core.V1.NodeStatus status) =>
        status with { Conditions = status.Conditions.Map(c => c with { LastHeartbeatTime = null }) };

    private async Task<Api.Core.V1.NodeStatus> StatusAsync(ApiNode node, CancellationToken ct)
    {
        var problem = "";
        try
        {
            var status = await runtime.StatusAsync(false, ct);
            problem = string.Join("; ", status.Status.Conditions.Where(c => !c.Status && c.Type is "RuntimeReady" or "NetworkReady" && !c.Status)
                .Select(c => c.Type == "NetworkReady" ? $"container runtime network not ready: NetworkReady=false reason:{c.Reason} message:{c.Message}" : $"container runtime is down: {c.Message}"));
        }
        catch (GrpcException error)
        {
            problem = $"container runtime is down: {error.Message}";
        }

        if (NotReady() is { } reason) problem = reason;
        ApiList<ContainerImage> list = node.Status.Images;
        if (problem.Length == 0)
        {
            list = (await images.ListImagesAsync(null, ct))
                .Where(i => i.RepoTags.Count + i.RepoDigests.Count > 0)
                .OrderByDescending(i => i.Size)
                .ThenBy(i => i.Id, StringComparer.Ordinal)
                .Take(ImagesMax)
                .Select(i => new ContainerImage { Names = i.RepoDigests.Concat(i.RepoTags).Take(5).ToApiList(), SizeBytes = (long)i.Size })
                .ToApiList();
        }

        return facts.Describe(node.Status, _runtimeVersion, list, Conditions(node.Status.Conditions, problem)) with { VolumesInUse = volumes.Names };
    }

    private ApiList<NodeCondition> Conditions(ApiList<NodeCondition> before, string problem)
    {
        var now = time.GetUtcNow();
        var signals = pressure.Read();
        ApiList<NodeCondition> own =
        [
            signals.Memory
                ? Make("MemoryPressure", true, "KubeletHasInsufficientMemory", "kubelet has insufficient memory available")
                : Make("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            signals.Disk
                ? Make("DiskPressure", true, "KubeletHasDiskPressure", "kubelet has disk pressure")
                : Make("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            signals.Pids
                ? Make("PIDPressure", true, "KubeletHasInsufficientPID", "kubelet has insufficient PID available")
                : Make("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            problem.Length == 0
                ? Make("Ready", true, "KubeletReady", "kubelet is posting ready status")
                : Make("Ready", false, "KubeletNotReady", problem),
        ];
        // A machine that never lacked anything does not have the condition at all.
        if (Missing() is { } missing) own = [.. own, missing];
        else if (before.Any(c => c.Type == Resources.MachineWatch.ConditionType)) own = [.. own, Make(Resources.MachineWatch.ConditionType, false, "NothingMissing", "all CPUs and memory are there")];
        foreach (var condition in own)
        {
            var old = before.FirstOrDefault(c => c.Type == condition.Type);
            if (old is not null && old.Status != condition.Status && condition.Type == "Ready")
                events.Event(_node!, "Normal", condition.Status == "True" ? "NodeReady" : "NodeNotReady", $"Node {options.NodeName} status is now: {(condition.Status == "True" ? "NodeReady" : "NodeNotReady")}");
        }

        return
        [
            .. before.Where(b => own.All(o => o.Type != b.Type)),
            .. own.Select(c => c with
            {
                LastHeartbeatTime = now,
                LastTransitionTime = before.FirstOrDefault(b => b.Type == c.Type && b.Status == c.Status)?.LastTransitionTime ?? now,
            }),
        ];
    }

    private static NodeCondition Make(string type, bool status, string reason, string message) =>
        new() { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message };

    private async Task RenewLeaseAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (_lease is null)
        {
            try
            {
                _lease = await client.GetAsync<Lease>(LeaseNamespace, options.NodeName, null, ct);
            }
            catch (ApiException error) when (error.IsNotFound)
            {
                _lease = await client.CreateAsync(
                    new Lease
                    {
                        Metadata = new ObjectMeta
                        {
                            Name = options.NodeName,
                            Namespace = LeaseNamespace,
                            OwnerReferences = [new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = options.NodeName, Uid = _node!.Metadata.Uid }],
                        },
                        Spec = new LeaseSpec { HolderIdentity = options.NodeName, LeaseDurationSeconds = LeaseSeconds, RenewTime = now },
                    },
                    null,
                    ct);
                return;
            }
        }

        _lease = await client.UpdateAsync(
            _lease with { Spec = _lease.Spec with { HolderIdentity = options.NodeName, LeaseDurationSeconds = LeaseSeconds, RenewTime = now } }, null, ct);
    }

    [LoggerMessage(5101, LogLevel.Warning, "Could not {What}, trying again: {Problem}")]
    private static partial void LogFailed(ILogger log, string what, string problem);
}

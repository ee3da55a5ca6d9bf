using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri;

namespace Berth.Node.PodSync;

/// <summary>
/// The part that gives a running pod other resources. Three states of them: wanted (the description), granted (the node
/// agreed, <see cref="GrantedResources"/>), given (a running container has them). Everything but the grant works with the pod as granted.
/// </summary>
public sealed partial class PodWorker
{
    private const string Pending = "PodResizePending";
    private const string InProgress = "PodResizeInProgress";
    private static readonly TimeSpan _resizeRetry = TimeSpan.FromSeconds(10);

    // What each running container was last given. After a restart of the agent the status tells it.
    private readonly Dictionary<string, ResourceRequirements> _given = new(StringComparer.Ordinal);

    // Ids of containers whose policy asks for a restart; kept until the next one of the name runs.
    private readonly Dictionary<string, string> _restarting = new(StringComparer.Ordinal);
    private GrantedResources? _granted;
    private PodCondition? _resizePending;
    private PodCondition? _resizeInProgress;
    private DateTimeOffset? _resizeRetryAt;

    /// <summary>The pod with what the node has agreed to give it: what the node counts with.</summary>
    public Pod Granted => Volatile.Read(ref _granted) is { } granted ? granted.ApplyTo(Pod) : Pod;

    public bool IsAdmitted => Volatile.Read(ref _admitted);

    /// <summary>When its waiting resize was first refused.</summary>
    public DateTimeOffset ResizePendingSince => Volatile.Read(ref _resizePending)?.LastTransitionTime?.Value ?? DateTimeOffset.MaxValue;

    public void MarkAdmitted() => Volatile.Write(ref _admitted, true);

    /// <summary>Called by <see cref="PodAdmission"/> alone, whose turn it is.</summary>
    public void Grant(Pod pod)
    {
        var granted = GrantedResources.Of(pod);
        granted.Write(_services.Directories.GrantedFile(pod.Metadata.Uid), pod);
        Volatile.Write(ref _granted, granted);
        Volatile.Write(ref _resizePending, null);
        Volatile.Write(ref _resizeInProgress, Condition(InProgress, "", "", pod));
        _resizeRetryAt = null;
        _services.Events.Event(pod, "Normal", "ResizeStarted", "Pod resize started: " + Summary(pod, ""));
    }

    /// <summary>The pod as granted; asks for the grant where it wants something else.</summary>
    private async Task<Pod> GrantAsync(Pod pod, ObservedPod observed, CancellationToken ct)
    {
        if (_granted is null)
        {
            var granted = GrantedResources.Read(_services.Directories.GrantedFile(pod.Metadata.Uid))
                ?? (observed.Sandboxes.Count > 0 ? GrantedResources.OfStatus(pod) : GrantedResources.Of(pod));
            Volatile.Write(ref _granted, granted);
        }

        if (_granted.Covers(pod))
        {
            Volatile.Write(ref _resizePending, null);
            return pod;
        }

        // A refusal of this very generation stands until something gets free, which grants it.
        var known = _resizePending;
        if (known?.ObservedGeneration != pod.Metadata.Generation && await _services.Admission.ResizeAsync(this, pod, ct) is { } refusal)
        {
            var condition = Condition(Pending, refusal.Reason, refusal.Message, pod);
            if (known is not null && known.Reason == refusal.Reason) condition = condition with { LastTransitionTime = known.LastTransitionTime };
            if (known?.Reason != refusal.Reason || known.Message != refusal.Message)
                _services.Events.Event(pod, "Warning", "Resize" + refusal.Reason, $"Pod resize {refusal.Reason}: {Summary(pod, refusal.Message)}");
            Volatile.Write(ref _resizePending, condition);
        }

        return _granted.ApplyTo(pod);
    }

    /// <summary>Sets or clears the condition, by what the running containers have.</summary>
    private void ReviewResize(Pod granted, ObservedPod observed)
    {
        foreach (var gone in _given.Keys.Where(id => observed.Containers.All(c => c.Id != id)).ToList()) _given.Remove(gone);
        foreach (var (id, name) in _restarting.ToList())
        {
            if (observed.Latest(name) is not { } latest || (latest.Id != id && latest.State == ObservedState.Running)) _restarting.Remove(id);
        }

        var differs = _restarting.Count > 0 || Changes(granted, observed).Any();
        if (differs)
        {
            if (_resizeInProgress is null) Volatile.Write(ref _resizeInProgress, Condition(InProgress, "", "", granted));
        }
        else if (_resizeInProgress is not null)
        {
            Volatile.Write(ref _resizeInProgress, null);
            _services.Events.Event(granted, "Normal", "ResizeCompleted", "Pod resize completed: " + Summary(granted, ""));
        }
    }

    /// <summary>Gives running containers what was granted, or marks them for a restart. False when there was nothing to do now.</summary>
    private async Task<bool> ActuateAsync(Pod pod, ObservedPod observed, CancellationToken ct)
    {
        var changes = Changes(pod, observed).Where(c => !_restarting.ContainsKey(c.Running.Id)).ToList();
        if (changes.Count == 0 || _resizeRetryAt is { } at && Time.GetUtcNow() < at) return false;
        var restarts = changes.Where(c => NeedsRestart(c.Container.Spec, c.Given, c.Container.Spec.Resources)).ToList();
        var inPlace = changes.Except(restarts).ToList();
        try
        {
            foreach (var change in inPlace) await RefuseBelowUsageAsync(change.Running, change.Given, change.Container, ct);
            if (inPlace.Count > 0)
            {
                // A limit that grows must fit into the pod's first, one that shrinks must be lowered before the pod's.
                _services.Cgroups.Limit(pod, LinuxResources.OfPod(Widest(pod, changes), null));
                foreach (var (running, container, given) in inPlace.OrderBy(c => c.Container.Spec.Resources.Limits.GetOr("cpu").MilliValue - c.Given.Limits.GetOr("cpu").MilliValue))
                {
                    var resources = LinuxResources.OfContainer(pod, container.Spec, _services.MachineMemoryBytes);
                    foreach (var owner in _services.Owners) owner.ConfigureUpdate(pod, container, resources);
                    await _services.Runtime.UpdateContainerResourcesAsync(running.Id, resources, ct);
                    _given[running.Id] = container.Spec.Resources;
                }

                // Containers that restart still run with what they had.
                if (restarts.Count == 0) _services.Cgroups.Ensure(pod);
            }
        }
        catch (Exception error) when (error is GrpcException or IOException)
        {
            var message = error is GrpcException refused ? refused.Detail : error.Message;
            if (_resizeInProgress?.Message != message)
                _services.Events.Event(pod, "Warning", "ResizeError", "Pod resize error: " + Summary(pod, message));
            Volatile.Write(ref _resizeInProgress, Condition(InProgress, "Error", message, pod));
            _resizeRetryAt = Time.GetUtcNow() + _resizeRetry;
            return true;
        }

        foreach (var change in restarts) _restarting[change.Running.Id] = change.Running.Name;
        _resizeRetryAt = null;
        return true;
    }

    private IEnumerable<(ObservedContainer Running, PodContainer Container, ResourceRequirements Given)> Changes(Pod granted, ObservedPod observed)
    {
        foreach (var running in observed.Running)
        {
            if (PodContainer.Find(granted, running.Name) is not { Role: ContainerRole.Main or ContainerRole.Sidecar } container) continue;
            var given = GivenTo(granted, running, container);
            if (!given.Limits.Equals(container.Spec.Resources.Limits) || !given.Requests.Equals(container.Spec.Resources.Requests)) yield return (running, container, given);
        }
    }

    private ResourceRequirements GivenTo(Pod granted, ObservedContainer running, PodContainer container)
    {
        if (_given.TryGetValue(running.Id, out var given)) return given;
        return _given[running.Id] = granted.Status.ContainerStatuses.Concat(granted.Status.InitContainerStatuses)
            .FirstOrDefault(s => s.ContainerID == running.QualifiedId)?.Resources ?? container.Spec.Resources;
    }

    /// <summary>The kernel would kill processes, or refuse, when a limit falls below what is in use.</summary>
    private async Task RefuseBelowUsageAsync(ObservedContainer running, ResourceRequirements given, PodContainer container, CancellationToken ct)
    {
        var limit = container.Spec.Resources.Limits.GetOr("memory").Value;
        var before = given.Limits.GetOr("memory").Value;
        if (limit == 0 || (before != 0 && limit >= before)) return;
        var stats = await _services.Runtime.ContainerStatsAsync(running.Id, ct);
        if ((long)(stats.Memory?.WorkingSetBytes?.Value ?? 0) is var used && used > limit)
            throw new IOException($"attempting to set container \"{container.Name}\" memory limit ({limit}) below current usage ({used})");
    }

    /// <summary>The pod with the larger of what each container has and is to have.</summary>
    private static Pod Widest(Pod pod, IReadOnlyList<(ObservedContainer Running, PodContainer Container, ResourceRequirements Given)> changes)
    {
        Container Widen(Container container)
        {
            var change = changes.FirstOrDefault(c => c.Container.Name == container.Name);
            if (change.Given is not { } given) return container;
            var wanted = container.Resources;
            return container with { Resources = wanted with { Limits = Wider(given.Limits, wanted.Limits, absentIsMost: true), Requests = Wider(given.Requests, wanted.Requests, absentIsMost: false) } };
        }

        return pod with { Spec = pod.Spec with { Containers = pod.Spec.Containers.Map(Widen), InitContainers = pod.Spec.InitContainers.Map(Widen) } };
    }

    private static ApiMap<Quantity> Wider(ApiMap<Quantity> a, ApiMap<Quantity> b, bool absentIsMost) => a.Keys.Concat(b.Keys).Distinct(StringComparer.Ordinal)
        .Where(name => !absentIsMost || (a.ContainsKey(name) && b.ContainsKey(name)))
        .Select(name => KeyValuePair.Create(name, a.GetOr(name) > b.GetOr(name) ? a.GetOr(name) : b.GetOr(name)))
        .ToApiMap();

    private static bool NeedsRestart(Container container, ResourceRequirements given, ResourceRequirements wanted) =>
        container.ResizePolicy.Any(p => p.RestartPolicy == "RestartContainer"
            && (given.Limits.GetOr(p.ResourceName) != wanted.Limits.GetOr(p.ResourceName) || given.Requests.GetOr(p.ResourceName) != wanted.Requests.GetOr(p.ResourceName)));

    private PodCondition Condition(string type, string reason, string message, Pod pod) => new()
    {
        Type = type,
        Status = "True",
        Reason = reason,
        Message = message,
        ObservedGeneration = pod.Metadata.Generation,
        LastTransitionTime = Time.GetUtcNow(),
    };

    /// <summary>Kubernetes' own form of these events: a JSON object with each container's resources.</summary>
    private static string Summary(Pod pod, string error)
    {
        static JsonArray List(ApiList<Container> containers) => new([.. containers.Select(c => new JsonObject
        {
            ["name"] = c.Name,
            ["resources"] = JsonNode.Parse(ApiJson.Serialize(c.Resources)),
        })]);
        var summary = new JsonObject();
        if (!pod.Spec.InitContainers.IsEmpty) summary["initContainers"] = List(pod.Spec.InitContainers);
        summary["containers"] = List(pod.Spec.Containers);
        summary["generation"] = pod.Metadata.Generation;
        if (error.Length > 0) summary["error"] = error;
        return summary.ToJsonString();
    }
}

using System.Globalization;
using Berth.Api;
using Berth.Node.Cri;
using Berth.Node.Lifecycle;

namespace Berth.Node.PodSync;

/// <summary>
/// Asks the runtime what it has of one pod. Owned by the pod's worker. Two list calls, and one call for each container
/// whose state changed since the last time.
/// </summary>
/// <param name="v6First">Whether pods' primary addresses are IPv6: runtimes put IPv4 first whatever the order in which the network gave them.</param>
public sealed class PodObserver(IRuntimeService runtime, string podUid, bool v6First = false)
{
    private readonly Dictionary<(string Id, Cri.V1.ContainerState State), ObservedContainer> _known = [];
    private readonly Dictionary<string, ObservedSandbox> _sandboxes = new(StringComparer.Ordinal);

    public async Task<ObservedPod> ObserveAsync(CancellationToken ct)
    {
        var listedSandboxes = runtime.ListPodSandboxAsync(new Cri.V1.PodSandboxFilter { LabelSelector = { [RuntimeLabels.PodUid] = podUid } }, ct);
        var listed = await runtime.ListContainersAsync(new Cri.V1.ContainerFilter { LabelSelector = { [RuntimeLabels.PodUid] = podUid } }, ct);
        var sandboxes = new List<ObservedSandbox>();
        foreach (var sandbox in await listedSandboxes)
        {
            if (await SandboxAsync(sandbox, ct) is { } seen) sandboxes.Add(seen);
        }

        var containers = new List<ObservedContainer>();
        var current = new HashSet<(string, Cri.V1.ContainerState)>();
        foreach (var container in listed)
        {
            var key = (container.Id, container.State);
            current.Add(key);
            if (!_known.TryGetValue(key, out var seen))
            {
                seen = await ContainerAsync(container, ct);
                if (seen is null) continue;
                _known[key] = seen;
            }

            containers.Add(seen);
        }

        foreach (var gone in _known.Keys.Where(k => !current.Contains(k)).ToList()) _known.Remove(gone);
        return new ObservedPod(
            sandboxes.OrderByDescending(s => s.Attempt).ThenByDescending(s => s.CreatedAt).ToApiList(),
            containers.OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.Attempt).ToApiList());
    }

    /// <summary>What was seen before, and a sandbox made since: one call where a whole look takes three.</summary>
    public async Task<ObservedPod> ObserveNewSandboxAsync(ObservedPod before, string sandboxId, CancellationToken ct)
    {
        var status = (await runtime.PodSandboxStatusAsync(sandboxId, false, ct)).Status;
        var sandbox = Remember(sandboxId, (int)(status.Metadata?.Attempt ?? 0), status.State == Cri.V1.PodSandboxState.SandboxReady, status.CreatedAt, status);
        return before with { Sandboxes = [sandbox, .. before.Sandboxes] };
    }

    /// <summary>What was seen before, and containers started since, as the runtime tells of each.</summary>
    public async Task<ObservedPod> ObserveStartedAsync(ObservedPod before, string sandboxId, IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        var started = new List<ObservedContainer>();
        foreach (var id in ids)
        {
            var status = (await runtime.ContainerStatusAsync(id, false, ct)).Status;
            var seen = await SeenAsync(id, sandboxId, status.State, status, ct);
            _known[(id, status.State)] = seen;
            started.Add(seen);
        }

        return before with { Containers = [.. started.OrderByDescending(c => c.CreatedAt), .. before.Containers.Where(c => !ids.Contains(c.Id))] };
    }

    internal static DateTimeOffset TimeOf(long nanoseconds) => nanoseconds <= 0 ? default : DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);

    private async Task<ObservedSandbox?> SandboxAsync(Cri.V1.PodSandbox sandbox, CancellationToken ct)
    {
        var ready = sandbox.State == Cri.V1.PodSandboxState.SandboxReady;
        if (_sandboxes.TryGetValue(sandbox.Id, out var known) && known.Ready == ready) return known;
        try
        {
            var status = (await runtime.PodSandboxStatusAsync(sandbox.Id, false, ct)).Status;
            return Remember(sandbox.Id, (int)(sandbox.Metadata?.Attempt ?? 0), ready, sandbox.CreatedAt, status);
        }
        catch (GrpcException error) when (error.Code == GrpcStatusCode.NotFound)
        {
            return null; // removed between the list and now
        }
    }

    private ObservedSandbox Remember(string id, int attempt, bool ready, long createdAt, Cri.V1.PodSandboxStatus status)
    {
        var ips = status.Network is { Ip.Length: > 0 } network ? InOrder([network.Ip, .. network.AdditionalIps.Select(a => a.Ip)]) : ApiList<string>.Empty;
        var host = status.Linux?.Namespaces?.Options?.Network == Cri.V1.NamespaceMode.Node;
        // An address that the network plugin forgot after the pod stopped is still the pod's last one.
        if (!ready && _sandboxes.TryGetValue(id, out var known)) ips = known.Ips;
        return _sandboxes[id] = new ObservedSandbox(id, attempt, ready, TimeOf(createdAt), ips, host);
    }

    private ApiList<string> InOrder(ApiList<string> ips) =>
        ips.Count < 2 ? ips : [.. ips.Where(ip => IsV6(ip) == v6First), .. ips.Where(ip => IsV6(ip) != v6First)];

    private static bool IsV6(string ip) => ip.Contains(':', StringComparison.Ordinal);

    private async Task<ObservedContainer?> ContainerAsync(Cri.V1.Container container, CancellationToken ct)
    {
        try
        {
            return await SeenAsync(container.Id, container.PodSandboxId, container.State, (await runtime.ContainerStatusAsync(container.Id, false, ct)).Status, ct);
        }
        catch (GrpcException error) when (error.Code == GrpcStatusCode.NotFound)
        {
            return null;
        }
    }

    private static async Task<ObservedContainer> SeenAsync(string id, string sandboxId, Cri.V1.ContainerState listed, Cri.V1.ContainerStatus status, CancellationToken ct)
    {
        var state = listed switch
        {
            Cri.V1.ContainerState.ContainerCreated => ObservedState.Created,
            Cri.V1.ContainerState.ContainerRunning => ObservedState.Running,
            Cri.V1.ContainerState.ContainerExited => ObservedState.Exited,
            _ => ObservedState.Unknown,
        };
        var annotations = status.Annotations;
        var attempt = annotations.TryGetValue(RuntimeLabels.RestartCount, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : (int)(status.Metadata?.Attempt ?? 0);
        var exited = state == ObservedState.Exited;
        var user = status.User?.Linux;
        return new ObservedContainer(id, sandboxId, status.Labels.TryGetValue(RuntimeLabels.ContainerName, out var name) ? name : status.Metadata?.Name ?? "", attempt, state)
        {
            CreatedAt = TimeOf(status.CreatedAt),
            StartedAt = TimeOf(status.StartedAt),
            FinishedAt = TimeOf(status.FinishedAt),
            ExitCode = status.ExitCode,
            Reason = exited ? ReasonOf(status) : "",
            Message = exited ? await TerminationMessage.ReadAsync(status, ct) : "",
            Image = status.Image?.UserSpecifiedImage is { Length: > 0 } asked ? asked : status.Image?.Image ?? "",
            ImageId = status.ImageRef,
            Hash = annotations.TryGetValue(RuntimeLabels.ContainerHash, out var hash) ? hash : "",
            LogPath = status.LogPath,
            User = user is null ? null : (user.Uid, user.Gid, user.SupplementalGroups.ToApiList()),
        };
    }

    private static string ReasonOf(Cri.V1.ContainerStatus status) =>
        status.Reason.Length > 0 ? status.Reason : status.ExitCode == 0 ? "Completed" : "Error";
}

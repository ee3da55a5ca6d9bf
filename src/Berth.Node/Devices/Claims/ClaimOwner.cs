using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Node.Cri.V1;
using Berth.Node.Devices.Checkpoint;
using Berth.Node.PodSync;
using Berth.Resources.Claims;
using Microsoft.Extensions.Logging;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Node.Devices.Claims;

/// <summary>
/// Has the drivers prepare a pod's claims before its sandbox is made, puts the devices into the containers that ask for
/// them, and has the drivers take them back after the last container has ended and before the pod's end is told.
/// </summary>
/// <remarks>
/// A claim that several pods use is prepared once. What a driver was asked is on disk before it is asked, so that a driver is
/// told to unprepare whatever it may have prepared. Claims are worked on one at a time.
/// </remarks>
public sealed partial class ClaimOwner(ClaimDrivers drivers, CdiDevices cdi, IClusterClient client, string checkpoint, ILogger log) : IResourceOwner
{
    private readonly ClaimGrants _grants = new(checkpoint, problem => LogDamaged(log, problem));
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _gate = new();

    public ValueTask<AdmissionRefusal?> AdmitAsync(Pod pod, CancellationToken ct) => ValueTask.FromResult<AdmissionRefusal?>(null);

    /// <summary>All claims of the pod are ready for its containers. Doing it again changes nothing.</summary>
    /// <exception cref="ClaimDriverException">A claim is not the pod's, or a driver cannot prepare it now.</exception>
    public async Task PrepareAsync(Pod pod, CancellationToken ct)
    {
        if (pod.Spec.ResourceClaims.IsEmpty && pod.Status.ExtendedResourceClaimStatus is null) return;
        await _turn.WaitAsync(ct);
        try
        {
            // All are looked at before any is prepared, so that a pod that may not run leaves nothing behind.
            var claims = new List<ResourceClaim>();
            foreach (var entry in pod.Spec.ResourceClaims)
            {
                if (await FindAsync(pod, entry, ct) is { } claim) claims.Add(claim);
            }

            if (pod.Status.ExtendedResourceClaimStatus is { } extended) claims.Add(await GetAsync(pod, extended.ResourceClaimName, ct));

            foreach (var claim in claims.DistinctBy(c => c.Metadata.Uid)) await PrepareAsync(pod, claim, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The pod's containers have ended: claims that no other pod uses are given back.</summary>
    /// <exception cref="ClaimDriverException">A driver cannot now; to be tried again before anybody is told that the pod has ended.</exception>
    public async Task UnprepareAsync(string podUid, CancellationToken ct)
    {
        List<PreparedClaim> claims;
        lock (_gate) claims = [.. _grants.Of(podUid)];
        if (claims.Count == 0) return;
        await _turn.WaitAsync(ct);
        try
        {
            foreach (var claim in claims)
            {
                if (claim.PodUids.All(p => p == podUid))
                {
                    foreach (var driver in claim.Drivers) await drivers.Get(driver).UnprepareAsync(claim, ct);
                    lock (_gate) _grants.Remove(claim.Uid);
                    continue;
                }

                var rest = claim.Clone();
                rest.PodUids.Remove(podUid);
                lock (_gate) _grants.Set(rest);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask ConfigureAsync(Pod pod, PodContainer container, ContainerConfig config, CancellationToken ct)
    {
        cdi.Add(config, DevicesOf(pod, container.Spec).SelectMany(d => d.Device.CdiDevices).Distinct(StringComparer.Ordinal));
        return ValueTask.CompletedTask;
    }

    public void Release(string podUid)
    {
        // Given back before the pod's end is told, and on the way of those that are gone: UnprepareAsync, RetainAsync.
    }

    /// <summary>Gives back what pods had that no longer exist. What a driver cannot give back now is tried with the next sweep.</summary>
    public async Task RetainAsync(Func<string, bool> exists, CancellationToken ct)
    {
        List<string> gone;
        lock (_gate) gone = [.. _grants.All.SelectMany(c => c.PodUids).Distinct().Where(uid => !exists(uid))];
        foreach (var uid in gone)
        {
            try
            {
                await UnprepareAsync(uid, ct);
            }
            catch (ClaimDriverException error)
            {
                LogNotGivenBack(log, uid, error.Message);
            }
        }
    }

    /// <summary>Pods that have claims here.</summary>
    public IReadOnlyList<string> Users
    {
        get
        {
            lock (_gate) return [.. _grants.All.SelectMany(c => c.PodUids).Distinct()];
        }
    }

    /// <summary>The prepared devices that a container has, each with its claim.</summary>
    public IReadOnlyList<(PreparedClaim Claim, PreparedDevice Device)> DevicesOf(Pod pod, Api.Core.V1.Container container)
    {
        var found = new List<(PreparedClaim, PreparedDevice)>();
        foreach (var asked in container.Resources.Claims)
        {
            if (pod.Spec.ResourceClaims.FirstOrDefault(c => c.Name == asked.Name) is { } entry && PodClaims.NameOf(pod, entry) is { Length: > 0 } name)
                found.AddRange(DevicesOf(pod, name, asked.Request));
        }

        if (pod.Status.ExtendedResourceClaimStatus is { } extended)
        {
            foreach (var mapping in extended.RequestMappings.Where(m => m.ContainerName == container.Name))
                found.AddRange(DevicesOf(pod, extended.ResourceClaimName, mapping.RequestName));
        }

        return found;
    }

    /// <summary>Health of the devices of a container's claims, for its status; only of drivers that tell of it.</summary>
    public ApiList<ResourceStatus> HealthOf(Pod pod, string container)
    {
        var spec = pod.Spec.InitContainers.Concat(pod.Spec.Containers).FirstOrDefault(c => c.Name == container);
        if (spec is null) return [];
        var statuses = new List<ResourceStatus>();
        foreach (var asked in spec.Resources.Claims)
        {
            var health = new List<ResourceHealth>();
            var name = pod.Spec.ResourceClaims.FirstOrDefault(c => c.Name == asked.Name) is { } entry ? PodClaims.NameOf(pod, entry) : null;
            foreach (var (_, device) in name is { Length: > 0 } ? DevicesOf(pod, name, asked.Request) : [])
            {
                if (drivers.Find(device.Driver)?.HealthOf(device.Pool, device.Device) is { } known)
                    health.Add(new ResourceHealth { ResourceID = device.CdiDevices.FirstOrDefault() ?? $"{device.Driver}/{device.Pool}/{device.Device}", Health = known.Health, Message = known.Message.Length > 0 ? known.Message : null });
            }

            if (health.Count > 0)
                statuses.Add(new ResourceStatus { Name = asked.Request.Length > 0 ? $"claim:{asked.Name}/{asked.Request}" : $"claim:{asked.Name}", Resources = health.ToApiList() });
        }

        return statuses.ToApiList();
    }

    private IEnumerable<(PreparedClaim, PreparedDevice)> DevicesOf(Pod pod, string claimName, string request)
    {
        PreparedClaim? claim;
        lock (_gate) claim = _grants.Find(pod.Metadata.Namespace, claimName);
        return claim is null || !claim.PodUids.Contains(pod.Metadata.Uid) ? [] : claim.Devices.Where(d => IsOf(d, request)).Select(d => (claim, d));
    }

    // A device of an alternative carries request/alternative; a container asks by the request.
    private static bool IsOf(PreparedDevice device, string request) =>
        request.Length == 0 || device.Requests.Count == 0 || device.Requests.Any(r => r == request || r.StartsWith(request + "/", StringComparison.Ordinal));

    private async Task<ResourceClaim?> FindAsync(Pod pod, PodResourceClaim entry, CancellationToken ct)
    {
        var (ns, podName) = (pod.Metadata.Namespace, pod.Metadata.Name);
        var name = PodClaims.NameOf(pod, entry);
        if (name is null) return null;
        if (name.Length == 0) throw new ClaimDriverException($"pod \"{ns}/{podName}\": ResourceClaim not created yet");
        var claim = await GetAsync(pod, name, ct);
        return entry.ResourceClaimTemplateName is not null && !PodClaims.IsOwnedBy(claim, pod)
            ? throw new ClaimDriverException($"ResourceClaim {ns}/{name} was not created for Pod {ns}/{podName} (Pod is not owner)")
            : claim;
    }

    /// <summary>The claim, once it is certain that the pod may use it and that its drivers are there.</summary>
    private async Task<ResourceClaim> GetAsync(Pod pod, string name, CancellationToken ct)
    {
        ResourceClaim claim;
        try
        {
            claim = await client.GetAsync<ResourceClaim>(pod.Metadata.Namespace, name, ct: ct);
        }
        catch (ApiException error)
        {
            throw new ClaimDriverException($"fetch ResourceClaim {name}: {error.Message}", error);
        }

        if (!PodClaims.IsReservedFor(claim, pod))
            throw new ClaimDriverException($"pod {pod.Metadata.Name} ({pod.Metadata.Uid}) is not allowed to use ResourceClaim {name} ({claim.Metadata.Uid})");
        if (claim.Status.Allocation is not { } allocation)
            throw new ClaimDriverException($"ResourceClaim {name}: claim not allocated");
        foreach (var result in allocation.Devices.Results) drivers.Get(result.Driver);
        return claim;
    }

    private async Task PrepareAsync(Pod pod, ResourceClaim claim, CancellationToken ct)
    {
        var meta = claim.Metadata;
        PreparedClaim wanted;
        lock (_gate)
        {
            if (_grants.Find(meta.Namespace, meta.Name) is { } other && other.Uid != meta.Uid)
                throw new ClaimDriverException($"old ResourceClaim with same name {meta.Name} and different UID {other.Uid} still exists (previous pod force-deleted?!)");
            wanted = _grants.Find(meta.Uid)?.Clone() ?? new PreparedClaim { Namespace = meta.Namespace, Name = meta.Name, Uid = meta.Uid, Drivers = { claim.Status.Allocation!.Devices.Results.Select(r => r.Driver).Distinct() } };
            if (!wanted.PodUids.Contains(pod.Metadata.Uid))
            {
                wanted.PodUids.Add(pod.Metadata.Uid);
                _grants.Set(wanted);
            }
        }

        if (wanted.Prepared) return;
        var done = wanted.Clone();
        done.Devices.Clear();
        foreach (var driver in wanted.Drivers) done.Devices.Add(await drivers.Get(driver).PrepareAsync(claim, ct));
        done.Prepared = true;
        lock (_gate) _grants.Set(done);
        LogPrepared(log, meta.Namespace, meta.Name, done.Devices.Count);
    }

    [LoggerMessage(5623, LogLevel.Error, "The record of prepared claims was damaged: {Problem}")]
    private static partial void LogDamaged(ILogger log, string problem);

    [LoggerMessage(5624, LogLevel.Warning, "Claims of pod {Uid}, which is gone, could not be given back, trying again: {Problem}")]
    private static partial void LogNotGivenBack(ILogger log, string uid, string problem);

    [LoggerMessage(5625, LogLevel.Debug, "Claim {Namespace}/{Name} is prepared: {Count} devices")]
    private static partial void LogPrepared(ILogger log, string @namespace, string name, int count);
}

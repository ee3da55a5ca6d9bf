using System.Collections.Concurrent;
using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using Berth.Client.Informers;
using Berth.Resources.Claims;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Scheduler.Plugins.Claims;

/// <summary>
/// Claims, slices and classes as the cluster has them, with what was decided here and is not seen in the caches yet laid over
/// them: allocations that are being written, and claims that were written just now. Thread-safe.
/// </summary>
public sealed class ClaimBook
{
    private readonly Informer<ResourceClaim> _claims;
    private readonly Informer<ResourceSlice> _slices;
    private readonly Informer<DeviceClass> _classes;
    private readonly IDeviceSelectors _selectors;
    private readonly ConcurrentDictionary<ObjectKey, ResourceClaim> _written = new();
    private readonly ConcurrentDictionary<string, PendingAllocation> _pending = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private DeviceCatalog? _catalog;
    private ClaimAllocator? _allocator;
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="changed">Told when a claim changed; with true when devices may have become free or been added.</param>
    public ClaimBook(InformerFactory informers, IDeviceSelectors selectors, Action<ObjectKey, bool> changed)
    {
        _selectors = selectors;
        _claims = informers.For<ResourceClaim>();
        _slices = informers.For<ResourceSlice>();
        _classes = informers.For<DeviceClass>();
        _claims.Cache.AddIndex(ByOwner, c => c.Metadata.OwnerReferences.Where(o => o.Controller == true).Select(o => o.Uid));
        _claims.AddHandler(c => OnClaim(null, c), OnClaim, OnClaimDeleted);
        _slices.AddHandler(_ => OnDevices(), (_, _) => OnDevices(), _ => OnDevices());
        _classes.AddHandler(_ => OnDevices(), (_, _) => OnDevices(), _ => OnDevices());

        void OnClaim(ResourceClaim? old, ResourceClaim claim)
        {
            var key = ObjectKey.Of(claim);
            if (_written.TryGetValue(key, out var ours) && !IsNewer(ours, claim))
                _written.TryRemove(KeyValuePair.Create(key, ours));
            Forget(devices: false);
            changed(key, old?.Status.Allocation is not null && claim.Status.Allocation is null);
        }

        void OnClaimDeleted(ResourceClaim claim)
        {
            var key = ObjectKey.Of(claim);
            _written.TryRemove(key, out _);
            Forget(devices: false);
            changed(key, true);
        }

        void OnDevices()
        {
            Forget(devices: true);
            changed(default, true);
        }
    }

    private static string ByOwner => "schedulerOwner";

    /// <summary>Done with the next change; to be asked for before looking.</summary>
    public Task NextChange => Volatile.Read(ref _change).Task;

    public ResourceClaim? Claim(ObjectKey key)
    {
        var seen = _claims.Cache.Get(key);
        return _written.TryGetValue(key, out var ours) && (seen is null || IsNewer(ours, seen)) ? ours : seen;
    }

    /// <summary>The claim that was made for the pod's extended resources before; null for none.</summary>
    public ResourceClaim? ExtendedOf(Pod pod) => _claims.Cache.ByIndex(ByOwner, pod.Metadata.Uid).Select(c => Claim(ObjectKey.Of(c)))
        .Concat(_written.Values).FirstOrDefault(c => c is not null && ExtendedResourceClaims.IsFor(c, pod));

    /// <summary>The name of the class behind an extended resource; null for none.</summary>
    public string? ClassBehind(string resource) => ExtendedResourceClaims.ClassOf(resource, _classes.Cache.List())?.Metadata.Name;

    public DeviceClass? Class(string name) => _classes.Cache.Get("", name);

    /// <summary>What the pod's decision gives its claims; null when there is none.</summary>
    public PendingAllocation? Pending(string podUid) => _pending.GetValueOrDefault(podUid);

    /// <summary>The pod for which the claim is being allocated; null for none.</summary>
    public string? AllocatingFor(ResourceClaim claim)
    {
        foreach (var (pod, pending) in _pending)
        {
            if (pending.Allocations.ContainsKey(claim.Metadata.Uid) && Claim(ObjectKey.Of(claim))?.Status.Allocation is null)
                return pod;
        }

        return null;
    }

    /// <summary>
    /// Allocates on what is known now. The same object as long as nothing changes; for the scheduler's loop alone.
    /// </summary>
    public ClaimAllocator Allocator
    {
        get
        {
            lock (_gate)
            {
                _catalog ??= new DeviceCatalog(_slices.Cache.List());
                return _allocator ??= new ClaimAllocator(_catalog, InUse(), Class, _selectors);
            }
        }
    }

    public void Reserve(PendingAllocation pending)
    {
        _pending[pending.PodUid] = pending;
        Forget(devices: false);
    }

    public void Unreserve(string podUid)
    {
        if (_pending.TryRemove(podUid, out _))
            Forget(devices: false);
    }

    /// <summary>Remembers a claim as the server has answered, until the cache has it too.</summary>
    public void Wrote(ResourceClaim claim)
    {
        var key = ObjectKey.Of(claim);
        _written[key] = claim;
        // The informer may have been quicker; what it brought then will not come again.
        if (_claims.Cache.Get(key) is { } seen && !IsNewer(claim, seen))
            _written.TryRemove(KeyValuePair.Create(key, claim));
        Forget(devices: false);
    }

    private static bool IsNewer(ResourceClaim one, ResourceClaim other) => one.Metadata.Uid == other.Metadata.Uid
        && ulong.TryParse(one.Metadata.ResourceVersion, CultureInfo.InvariantCulture, out var left)
        && ulong.TryParse(other.Metadata.ResourceVersion, CultureInfo.InvariantCulture, out var right) && left > right;

    private DevicesInUse InUse()
    {
        var used = new DevicesInUse();
        var allocated = new HashSet<string>(StringComparer.Ordinal);
        foreach (var claim in _claims.Cache.List().Select(c => Claim(ObjectKey.Of(c)) ?? c).Concat(_written.Values))
        {
            if (claim.Status.Allocation is { } allocation && allocated.Add(claim.Metadata.Uid))
                used.Add(allocation);
        }

        foreach (var (_, pending) in _pending)
        {
            foreach (var (uid, allocation) in pending.Allocations)
            {
                if (allocated.Add(uid))
                    used.Add(allocation);
            }
        }

        return used;
    }

    private void Forget(bool devices)
    {
        lock (_gate)
        {
            _allocator = null;
            if (devices)
                _catalog = null;
        }

        Interlocked.Exchange(ref _change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}

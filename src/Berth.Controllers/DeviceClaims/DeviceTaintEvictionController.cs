using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Resource.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Controllers.NodeLifecycle;
using Berth.Resources.Claims;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Controllers.DeviceClaims;

/// <summary>Deletes pods whose claims hold a device with a NoExecute taint that the claims do not, or no longer, tolerate.</summary>
public sealed class DeviceTaintEvictionController : Controller
{
    private readonly Informer<Pod> _pods;
    private readonly Informer<ResourceClaim> _claims;
    private readonly Informer<ResourceSlice> _slices;
    private readonly EventRecorder _events;

    public DeviceTaintEvictionController(ControllerContext context)
        : base(context, "device-taint-eviction-controller", workers: 4)
    {
        _events = context.Events("device-taint-eviction");
        _pods = context.Informers.For<Pod>();
        _claims = context.Informers.For<ResourceClaim>();
        _slices = context.Informers.For<ResourceSlice>();
        ClaimUsers.Index(_pods);
        _claims.Cache.AddIndex(ByPool, PoolsOf);
        _slices.Cache.AddIndex(ByPool, s => [PoolKey(s.Spec.Driver, s.Spec.Pool.Name)]);
        _pods.AddHandler(Wake, (_, pod) => Wake(pod));
        _claims.AddHandler(WakeUsers, (_, claim) => WakeUsers(claim));
        _slices.AddHandler(WakePool, (_, slice) => WakePool(slice));
    }

    private static string ByPool => "devicePool";

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_pods.Cache.Get(key) is not { } pod || pod.Metadata.DeletionTimestamp is not null || pod.Spec.NodeName.Length == 0 || PodClaims.IsDone(pod))
            return;
        var now = Time.GetUtcNow();
        var claims = PodClaims.KeysOf(pod).Select(_claims.Cache.Get).OfType<ResourceClaim>();
        if (DeviceTaintEviction.Due(pod, claims, Device, now) is not { } due)
            return;
        if (due > now)
        {
            Queue.AddAfter(key, due - now);
            return;
        }

        _events.Event(pod, "Normal", "DeviceTaintManagerEviction", "Marking for deletion");
        try
        {
            var status = PodDisruption.Marked(pod, "DeletionByDeviceTaintManager", "Device Taint manager: deleting due to NoExecute taint", now);
            if (!status.Equals(pod.Status))
                await Client.UpdateStatusAsync(pod with { Status = status }, ct: ct).ConfigureAwait(false);
            await Client.DeleteAsync<Pod>(key.Namespace, key.Name, new DeleteOptions { Preconditions = new() { Uid = pod.Metadata.Uid } }, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // The pod has gone.
        }
    }

    private static string PoolKey(string driver, string pool) => $"{driver}|{pool}";

    private static IEnumerable<string> PoolsOf(ResourceClaim claim) =>
        (claim.Status.Allocation?.Devices.Results ?? []).Select(r => PoolKey(r.Driver, r.Pool)).Distinct(StringComparer.Ordinal);

    private Device? Device(DeviceId id) => _slices.Cache.ByIndex(ByPool, PoolKey(id.Driver, id.Pool))
        .OrderByDescending(s => s.Spec.Pool.Generation)
        .SelectMany(s => s.Spec.Devices)
        .FirstOrDefault(d => d.Name == id.Name);

    private void Wake(Pod pod)
    {
        if (!pod.Spec.ResourceClaims.IsEmpty && pod.Spec.NodeName.Length > 0)
            Enqueue(pod);
    }

    private void WakeUsers(ResourceClaim claim)
    {
        foreach (var pod in _pods.Cache.ByIndex(ClaimUsers.ByClaim, ObjectKey.Of(claim).ToString()))
            Wake(pod);
    }

    private void WakePool(ResourceSlice slice)
    {
        foreach (var claim in _claims.Cache.ByIndex(ByPool, PoolKey(slice.Spec.Driver, slice.Spec.Pool.Name)))
            WakeUsers(claim);
    }
}

using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Resources.Volumes;

namespace Berth.Controllers.Volumes;

/// <summary>
/// Binds claims to volumes, one to one. The volume's reference to the claim is written first and decides; the claim's name
/// of the volume follows. Stopping between any two of the four writes is safe: the next round goes on from there.
/// </summary>
public sealed class PersistentVolumeController : Controller
{
    private readonly Informer<PersistentVolume> _volumes;
    private readonly Informer<PersistentVolumeClaim> _claims;
    private readonly Informer<StorageClass> _classes;
    private readonly Informer<Pod> _pods;
    private readonly EventRecorder _events;

    public PersistentVolumeController(ControllerContext context)
        : base(context, "persistentvolume-controller")
    {
        _events = context.Events(Name);
        _volumes = context.Informers.For<PersistentVolume>();
        _claims = context.Informers.For<PersistentVolumeClaim>();
        _classes = context.Informers.For<StorageClass>();
        _pods = context.Informers.For<Pod>();
        ClaimUse.Index(_pods);
        _volumes.AddHandler(VolumeSeen, (_, volume) => VolumeSeen(volume), VolumeSeen);
        _claims.AddHandler(Enqueue, (_, claim) => Enqueue(claim), ClaimGone);
        _classes.AddHandler(_ => EnqueueUnbound(), (_, _) => EnqueueUnbound());
        _pods.AddHandler(WakeClaims);
    }

    protected override Task ReconcileAsync(ObjectKey key, CancellationToken ct) =>
        key.Namespace.Length > 0 ? ReconcileClaimAsync(key, ct) : ReconcileVolumeAsync(key.Name, ct);

    private async Task ReconcileClaimAsync(ObjectKey key, CancellationToken ct)
    {
        if (_claims.Cache.Get(key) is not { } claim)
            return;
        if (claim.Metadata.DeletionTimestamp is not null && claim.Spec.VolumeName.Length == 0)
            return;
        var consumers = ClaimUse.PodsOf(_pods, key).Where(p => p.Spec.NodeName.Length == 0).Select(p => p.Metadata.Name).ToList();
        var plan = ClaimReconciler.Plan(claim, _volumes.Cache.List(), name => _classes.Cache.Get("", name), consumers);
        if (plan.Volume is { } volume)
        {
            await BindAsync(claim, volume, ct).ConfigureAwait(false);
            return;
        }

        if (plan.Event is var (type, reason, message) && (claim.Status.Phase != plan.Phase || plan.Phase == "Pending"))
            _events.Event(claim, type, reason, message);
        if (plan.Provisioner is { } provisioner && claim.Metadata.Annotations.GetOr(VolumeNames.StorageProvisioner) != provisioner)
        {
            var annotations = claim.Metadata.Annotations.With(VolumeNames.StorageProvisioner, provisioner).With(VolumeNames.BetaStorageProvisioner, provisioner);
            claim = await Client.UpdateAsync(claim with { Metadata = claim.Metadata with { Annotations = annotations } }, ct: ct).ConfigureAwait(false);
        }

        if (claim.Status.Phase != plan.Phase)
        {
            var status = plan.Phase == "Lost" ? new PersistentVolumeClaimStatus { Phase = plan.Phase, Conditions = claim.Status.Conditions } : claim.Status with { Phase = plan.Phase };
            await Client.UpdateStatusAsync(claim with { Status = status }, ct: ct).ConfigureAwait(false);
        }
    }

    private async Task BindAsync(PersistentVolumeClaim claim, PersistentVolume volume, CancellationToken ct)
    {
        // 1. The volume is the claim's.
        var taken = ClaimReconciler.Bound(volume, claim);
        if (!ReferenceEquals(taken, volume))
            volume = await Client.UpdateAsync(taken, ct: ct).ConfigureAwait(false);
        // 2. It says so.
        volume = await PhaseAsync(volume, "Bound", ct).ConfigureAwait(false);
        // 3. The claim has the volume.
        var bound = ClaimReconciler.Bound(claim, volume);
        if (!bound.Equals(claim))
            claim = await Client.UpdateAsync(bound, ct: ct).ConfigureAwait(false);
        // 4. It says so.
        var status = ClaimReconciler.BoundStatus(claim, volume);
        if (!status.Equals(claim.Status))
            await Client.UpdateStatusAsync(claim with { Status = status }, ct: ct).ConfigureAwait(false);
    }

    private async Task ReconcileVolumeAsync(string name, CancellationToken ct)
    {
        if (_volumes.Cache.Get("", name) is not { } volume)
            return;
        var claim = volume.Spec.ClaimRef is { } reference ? await ClaimOfAsync(reference, ct).ConfigureAwait(false) : null;
        if (VolumeReconciler.Unbound(volume, claim) is { } unbound)
            volume = await Client.UpdateAsync(unbound, ct: ct).ConfigureAwait(false);
        if (VolumeReconciler.Phase(volume, claim) is { } phase)
            volume = await PhaseAsync(volume, phase, ct).ConfigureAwait(false);
        if (VolumeReconciler.Unreclaimable(volume) is var (reason, message))
        {
            await PhaseAsync(volume, "Failed", ct, message).ConfigureAwait(false);
            _events.Event(volume, "Warning", reason, message);
        }

        if (volume.Spec.ClaimRef is not { Uid.Length: > 0 })
            EnqueueUnbound();
        else if (claim is { Status.Phase: not "Bound" })
            Enqueue(claim);
    }

    // A claim that the cache does not show may only be late, and a volume once released is not given back.
    private async Task<PersistentVolumeClaim?> ClaimOfAsync(ObjectReference reference, CancellationToken ct)
    {
        if (_claims.Cache.Get(reference.Namespace, reference.Name) is { } known && (reference.Uid.Length == 0 || known.Metadata.Uid == reference.Uid))
            return known;
        try
        {
            return await Client.GetAsync<PersistentVolumeClaim>(reference.Namespace, reference.Name, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    private async Task<PersistentVolume> PhaseAsync(PersistentVolume volume, string phase, CancellationToken ct, string message = "")
    {
        if (volume.Status.Phase == phase)
            return volume;
        var status = new PersistentVolumeStatus { Phase = phase, Message = message, LastPhaseTransitionTime = Time.GetUtcNow() };
        return await Client.UpdateStatusAsync(volume with { Status = status }, ct: ct).ConfigureAwait(false);
    }

    private void VolumeSeen(PersistentVolume volume)
    {
        Enqueue(volume);
        if (volume.Spec.ClaimRef is { } reference)
            Queue.Add(new ObjectKey(reference.Namespace, reference.Name));
    }

    private void ClaimGone(PersistentVolumeClaim claim)
    {
        if (claim.Spec.VolumeName.Length > 0)
            Queue.Add(new ObjectKey("", claim.Spec.VolumeName));
    }

    private void EnqueueUnbound()
    {
        foreach (var claim in _claims.Cache.List().Where(c => c.Spec.VolumeName.Length == 0))
            Enqueue(claim);
    }

    private void WakeClaims(Pod pod)
    {
        foreach (var key in ClaimUse.ClaimsOf(pod))
        {
            if (_claims.Cache.Get(key) is { Spec.VolumeName: "" })
                Queue.Add(key);
        }
    }
}

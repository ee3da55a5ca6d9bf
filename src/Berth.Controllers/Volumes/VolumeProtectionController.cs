using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Informers;

namespace Berth.Controllers.Volumes;

/// <summary>Keeps volumes that are deleted until no claim is bound to them.</summary>
public sealed class VolumeProtectionController : Controller
{
    public const string Finalizer = "kubernetes.io/pv-protection";

    private readonly Informer<PersistentVolume> _volumes;

    public VolumeProtectionController(ControllerContext context)
        : base(context, "pv-protection-controller", workers: 1)
    {
        _volumes = context.Informers.For<PersistentVolume>();
        _volumes.AddHandler(Enqueue, (_, volume) => Enqueue(volume));
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_volumes.Cache.Get(key) is not { } volume)
            return;
        var finalizers = volume.Metadata.Finalizers;
        if (volume.Metadata.DeletionTimestamp is null && !finalizers.Contains(Finalizer))
            finalizers = finalizers.Add(Finalizer);
        else if (volume.Metadata.DeletionTimestamp is not null && volume.Status.Phase != "Bound")
            finalizers = finalizers.Where(f => f != Finalizer).ToApiList();
        if (!finalizers.Equals(volume.Metadata.Finalizers))
            await Client.UpdateAsync(volume with { Metadata = volume.Metadata with { Finalizers = finalizers } }, ct: ct).ConfigureAwait(false);
    }
}

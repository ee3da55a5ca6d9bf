using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Resources.Volumes;

namespace Berth.Controllers.Volumes;

/// <summary>
/// Says of a claim that was made larger who is going to enlarge its volume: the driver's own resizer, or nobody. The growth
/// itself is theirs, and the node agent's.
/// </summary>
public sealed class ExpandController : Controller
{
    private readonly Informer<PersistentVolumeClaim> _claims;
    private readonly Informer<PersistentVolume> _volumes;
    private readonly EventRecorder _events;

    public ExpandController(ControllerContext context)
        : base(context, "expand-controller", workers: 1)
    {
        _events = context.Events("volume_expand");
        _claims = context.Informers.For<PersistentVolumeClaim>();
        _volumes = context.Informers.For<PersistentVolume>();
        _claims.AddHandler(updated: (old, claim) =>
        {
            if (claim.Spec.Resources.Requests.GetOr("storage") > old.Spec.Resources.Requests.GetOr("storage"))
                Enqueue(claim);
        });
    }

    protected override Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_claims.Cache.Get(key) is not { Status.Phase: "Bound" } claim || _volumes.Cache.Get("", claim.Spec.VolumeName) is not { } volume)
            return Task.CompletedTask;
        var wanted = claim.Spec.Resources.Requests.GetOr("storage");
        if (wanted <= VolumeMatch.Capacity(volume) || LocalStorage.Made(volume))
            return Task.CompletedTask;
        if (volume.Spec.Csi is not null)
            _events.Event(claim, "Normal", "ExternalExpanding", "waiting for an external controller to expand this PVC");
        else
            _events.Event(claim, "Warning", "VolumeResizeFailed", $"nothing can enlarge volume \"{volume.Metadata.Name}\": it has no CSI driver; enlarge its storage and the PersistentVolume's capacity by hand");
        return Task.CompletedTask;
    }
}

using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Resources.Volumes;

namespace Berth.Controllers.Volumes;

/// <summary>Makes the claims of pods' generic ephemeral volumes. The pod owns its claims, so that they go with it.</summary>
public sealed class EphemeralVolumeController : Controller
{
    private readonly Informer<Pod> _pods;
    private readonly Informer<PersistentVolumeClaim> _claims;
    private readonly EventRecorder _events;

    public EphemeralVolumeController(ControllerContext context)
        : base(context, "ephemeral-volume-controller", workers: 2)
    {
        _events = context.Events("ephemeral_volume");
        _pods = context.Informers.For<Pod>();
        _claims = context.Informers.For<PersistentVolumeClaim>();
        ClaimUse.Index(_pods);
        _pods.AddHandler(Seen);
        // A claim that was in the way, or that somebody deleted before the pod began.
        _claims.AddHandler(deleted: claim =>
        {
            foreach (var pod in ClaimUse.PodsOf(_pods, ObjectKey.Of(claim)))
                Seen(pod);
        });
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_pods.Cache.Get(key) is not { } pod || pod.Metadata.DeletionTimestamp is not null || pod.Status.Phase is "Succeeded" or "Failed")
            return;
        foreach (var volume in pod.Spec.Volumes)
        {
            if (volume.Ephemeral?.VolumeClaimTemplate is { } template)
                await EnsureAsync(pod, volume.Name, PodClaim.EphemeralName(pod, volume), template, ct).ConfigureAwait(false);
        }
    }

    private async Task EnsureAsync(Pod pod, string volume, string name, PersistentVolumeClaimTemplate template, CancellationToken ct)
    {
        if (_claims.Cache.Get(pod.Metadata.Namespace, name) is { } known)
        {
            if (!PodClaim.IsOwnedBy(known, pod))
            {
                var problem = $"PVC {pod.Metadata.Namespace}/{name} was not created for pod {pod.Metadata.Namespace}/{pod.Metadata.Name} (pod is not owner)";
                _events.Event(pod, "Warning", "FailedBinding", $"ephemeral volume {volume}: {problem}");
            }

            return;
        }

        var claim = new PersistentVolumeClaim
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = pod.Metadata.Namespace,
                Labels = template.Metadata.Labels,
                Annotations = template.Metadata.Annotations,
                OwnerReferences =
                [
                    new OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid, Controller = true, BlockOwnerDeletion = true },
                ],
            },
            Spec = template.Spec,
        };
        try
        {
            await Client.CreateAsync(claim, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            Queue.AddRateLimited(ObjectKey.Of(pod));
        }
        catch (ApiException e) when (e.IsForbidden || e.IsInvalid)
        {
            _events.Event(pod, "Warning", "FailedBinding", $"ephemeral volume {volume}: create PVC {name}: {e.Message}");
            throw;
        }
    }

    private void Seen(Pod pod)
    {
        if (pod.Spec.Volumes.Any(v => v.Ephemeral is not null))
            Enqueue(pod);
    }
}

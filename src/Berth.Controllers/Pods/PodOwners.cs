using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.Client.Informers;

namespace Berth.Controllers.Pods;

/// <summary>Tells the owners of one kind when their pods change, and their expectations what the cache has shown.</summary>
/// <param name="selector">What an owner selects; orphans with these labels wake it.</param>
/// <param name="expectations">Null for owners that name their pods themselves.</param>
public sealed class PodOwners<TOwner>(InformerCache<TOwner> owners, Func<TOwner, Selector> selector, PodExpectations? expectations, Action<ObjectKey> wake)
    where TOwner : class, IApiObject<TOwner>
{
    public void Attach(Informer<Pod> pods)
    {
        OwnedIndex.AddTo(pods.Cache);
        pods.AddHandler(Added, Updated, Deleted);
    }

    private void Added(Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            // Seen for the first time when already on its way out, as after a restart of ours.
            Deleted(pod);
            return;
        }

        if (ControllerRefs.Of(pod) is null)
        {
            WakeSelecting(pod);
        }
        else if (OwnerOf(pod) is { } owner)
        {
            expectations?.Created(owner);
            wake(owner);
        }
    }

    private void Updated(Pod old, Pod pod)
    {
        var before = OwnerOf(old);
        var after = OwnerOf(pod);
        if (before is { } lost && lost != after)
            wake(lost);
        if (pod.Metadata.DeletionTimestamp is not null)
            Deleted(pod);
        else if (after is { } owner)
            wake(owner);
        else if (ControllerRefs.Of(pod) is null && (ControllerRefs.Of(old) is not null || old.Metadata.Labels != pod.Metadata.Labels))
            WakeSelecting(pod);
    }

    private void Deleted(Pod pod)
    {
        if (OwnerOf(pod) is not { } owner)
            return;
        expectations?.Deleted(owner, pod.Metadata.Uid);
        wake(owner);
    }

    // Null when the pod's controller is of another kind, or another object of the same name.
    private ObjectKey? OwnerOf(Pod pod)
    {
        if (ControllerRefs.Of(pod) is not { } reference || reference.Kind != TOwner.Kind.Kind || !reference.ApiVersion.StartsWith(TOwner.Kind.Group, StringComparison.Ordinal))
            return null;
        var key = new ObjectKey(pod.Metadata.Namespace, reference.Name);
        return owners.Get(key) is { } owner && owner.Metadata.Uid == reference.Uid ? key : null;
    }

    private void WakeSelecting(Pod pod)
    {
        if (pod.Metadata.Labels.IsEmpty)
            return;
        foreach (var owner in owners.List(pod.Metadata.Namespace))
        {
            if (selector(owner) is { IsEverything: false } labels && labels.Matches(pod))
                wake(ObjectKey.Of(owner));
        }
    }
}

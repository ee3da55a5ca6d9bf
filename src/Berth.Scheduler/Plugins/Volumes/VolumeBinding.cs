using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Resources.Volumes;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins.Volumes;

/// <summary>
/// Places pods where their volumes are, and gives claims that waited for a node the smallest volume there, or has one made.
/// </summary>
/// <remarks>
/// Filter and Reserve reckon on the caches with all reservations laid over them. PreBind writes the choice (1. volumes refer
/// to their claims, 2. claims name the node) and 3. waits until the binder and the provisioner have done their part.
/// </remarks>
public sealed class VolumeBinding(VolumeCaches caches, IClusterClient client, TimeProvider time) : IFilterPlugin, IReservePlugin
{
    // As in kube-scheduler: provisioners of large disks may take minutes.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(10);

    public string Name => nameof(VolumeBinding);

    public bool MayHelp(Pod pod, ClusterEvent change) =>
        change is ClusterEvent.Other or ClusterEvent.NodeAdded or ClusterEvent.NodeChanged or ClusterEvent.SelfChanged or ClusterEvent.PodGone;

    public void PreFilter(PodContext pod, ClusterState state, Candidates candidates)
    {
        if (PodVolumeNeeds.Of(pod.Pod, caches).Problem is { } problem)
            candidates.RejectPod(Name, problem);
    }

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        var needs = PodVolumeNeeds.Of(pod.Pod, caches);
        if (needs.Bound.Count == 0 && needs.Unbound.Count == 0)
            return;
        foreach (var row in candidates.Remaining)
        {
            if (Refusal(pod.Pod, needs, state.Node(row)) is { } reason)
                candidates.Reject(row, Name, resolvable: false, reason);
        }
    }

    public bool Reserve(Pod pod, Node node)
    {
        var needs = PodVolumeNeeds.Of(pod, caches);
        if (needs.Unbound.Count == 0)
            return false;
        var (bindings, provisions, _) = Choose(pod.Metadata.Uid, needs.Unbound, node);
        caches.Reserve(new VolumeReservation(pod.Metadata.Uid, node.Metadata.Name, bindings, provisions));
        return true;
    }

    public void Unreserve(string podUid) => caches.Unreserve(podUid);

    public async Task PreBindAsync(Pod pod, Node node, CancellationToken ct)
    {
        if (caches.ReservationOf(pod.Metadata.Uid) is not { } reservation)
            return;
        try
        {
            // 1.
            foreach (var (key, name) in reservation.Bindings)
                await ReferAsync(name, key, ct).ConfigureAwait(false);
            // 2.
            foreach (var key in reservation.Provisions)
                await SelectAsync(key, node.Metadata.Name, ct).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            throw new PreBindException($"running PreBind plugin \"{Name}\": {e.Message}", e);
        }

        // 3.
        await UntilAsync(() => IsDone(pod, reservation, node), ct).ConfigureAwait(false);
    }

    /// <summary>Why the node cannot serve the pod's claims; null when it can.</summary>
    private string? Refusal(Pod pod, PodVolumeNeeds needs, Node node)
    {
        foreach (var (_, volume) in needs.Bound)
        {
            if (volume is null)
                return "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";
            if (!VolumeTopology.Reaches(volume, node.Metadata.Labels))
                return "node(s) didn't match PersistentVolume's node affinity";
        }

        return needs.Unbound.Count == 0 ? null : Choose(pod.Metadata.Uid, needs.Unbound, node).Refusal;
    }

    private (Dictionary<ObjectKey, string> Bindings, List<ObjectKey> Provisions, string? Refusal) Choose(
        string podUid, IReadOnlyList<PersistentVolumeClaim> claims, Node node)
    {
        var bindings = new Dictionary<ObjectKey, string>();
        var provisions = new List<PersistentVolumeClaim>();
        var taken = caches.Reservations.Where(r => r.PodUid != podUid).SelectMany(r => r.Bindings.Values).ToHashSet(StringComparer.Ordinal);
        var labels = node.Metadata.Labels;
        var reachable = caches.Volumes.List().Where(v => !taken.Contains(v.Metadata.Name) && VolumeTopology.Reaches(v, labels)).ToList();
        // The smallest claims first, so that they leave the large volumes to the large ones.
        foreach (var claim in claims.OrderBy(c => c.Spec.Resources.Requests.GetOr("storage")))
        {
            var key = ObjectKey.Of(claim);
            var selected = SelectedNode(claim, podUid);
            if (selected.Length > 0)
            {
                if (selected != node.Metadata.Name)
                    return (bindings, [], "node(s) didn't find available persistent volumes to bind");
                provisions.Add(claim);
                continue;
            }

            if (VolumeMatch.Best(claim, reachable) is { } volume)
            {
                bindings.Add(key, volume.Metadata.Name);
                reachable.Remove(volume);
                continue;
            }

            var storage = caches.Class(VolumeMatch.ClassOf(claim));
            if (storage is null || storage.Provisioner.Length == 0 || storage.Provisioner == VolumeNames.NoProvisioner
                || !VolumeTopology.Allows(storage.AllowedTopologies, labels))
                return (bindings, [], "node(s) didn't find available persistent volumes to bind");
            provisions.Add(claim);
        }

        return (bindings, [.. provisions.Select(c => ObjectKey.Of(c))], HasRoom(podUid, provisions, node) ? null : "node(s) did not have enough free storage");
    }

    /// <summary>The node for which somebody is making the claim's volume already; empty for none.</summary>
    private string SelectedNode(PersistentVolumeClaim claim, string podUid)
    {
        if (claim.Metadata.Annotations.GetOr(VolumeNames.SelectedNode) is { Length: > 0 } written)
            return written;
        var key = ObjectKey.Of(claim);
        return caches.Reservations.FirstOrDefault(r => r.PodUid != podUid && r.Provisions.Contains(key))?.NodeName ?? "";
    }

    /// <summary>Drivers that tell their capacity are asked for no more than they have, decisions under way included.</summary>
    private bool HasRoom(string podUid, IReadOnlyList<PersistentVolumeClaim> claims, Node node)
    {
        foreach (var group in claims.Where(c => !c.Metadata.Annotations.ContainsKey(VolumeNames.SelectedNode)).GroupBy(VolumeMatch.ClassOf))
        {
            if (caches.Class(group.Key) is not { } storage || caches.Driver(storage.Provisioner)?.Spec.StorageCapacity != true)
                continue;
            var underWay = caches.Reservations
                .Where(r => r.PodUid != podUid && r.NodeName == node.Metadata.Name)
                .SelectMany(r => r.Provisions)
                .Select(caches.Claim)
                .Where(c => c is { Spec.VolumeName: "" } && VolumeMatch.ClassOf(c) == group.Key);
            var total = group.Concat(underWay.OfType<PersistentVolumeClaim>()).Aggregate(Quantity.Zero, (sum, c) => sum + Request(c));
            var largest = group.Max(Request);
            if (!caches.CapacitiesOf(group.Key).Any(c => Holds(c, total, largest) && Sees(c, node)))
                return false;
        }

        return true;
    }

    private static Quantity Request(PersistentVolumeClaim claim) => claim.Spec.Resources.Requests.GetOr("storage");

    private static bool Holds(CSIStorageCapacity capacity, Quantity total, Quantity largest)
    {
        if (capacity.MaximumVolumeSize is { } limit && limit < largest)
            return false;
        return capacity.Capacity is { } free ? free >= total : capacity.MaximumVolumeSize is not null;
    }

    private static bool Sees(CSIStorageCapacity capacity, Node node) =>
        capacity.NodeTopology is { } topology && LabelSelectors.Compile(topology).Matches(node.Metadata.Labels);

    private async Task ReferAsync(string volumeName, ObjectKey claimKey, CancellationToken ct)
    {
        if (caches.Volume(volumeName) is not { } volume || caches.Claim(claimKey) is not { } claim)
            throw new PreBindException($"running PreBind plugin \"{Name}\": volume \"{volumeName}\" or claim \"{claimKey}\" is gone");
        if (volume.Spec.ClaimRef?.Uid == claim.Metadata.Uid)
            return;
        var annotations = volume.Spec.ClaimRef is null ? volume.Metadata.Annotations.With(VolumeNames.BoundByController, "yes") : volume.Metadata.Annotations;
        var reference = new ObjectReference
        {
            ApiVersion = "v1",
            Kind = "PersistentVolumeClaim",
            Namespace = claim.Metadata.Namespace,
            Name = claim.Metadata.Name,
            Uid = claim.Metadata.Uid,
            ResourceVersion = claim.Metadata.ResourceVersion,
        };
        await client.UpdateAsync(
            volume with { Metadata = volume.Metadata with { Annotations = annotations }, Spec = volume.Spec with { ClaimRef = reference } }, ct: ct).ConfigureAwait(false);
    }

    private async Task SelectAsync(ObjectKey key, string nodeName, CancellationToken ct)
    {
        if (caches.Claim(key) is not { } claim)
            throw new PreBindException($"running PreBind plugin \"{Name}\": claim \"{key}\" is gone");
        if (claim.Metadata.Annotations.GetOr(VolumeNames.SelectedNode) == nodeName)
            return;
        // A patch: a claim that is new is written by several at once (finalizers, defaults), and none of that matters here. The uid
        // makes it fail for another claim of the same name.
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = claim.Metadata.Uid, ["annotations"] = new JsonObject { [VolumeNames.SelectedNode] = nodeName } } };
        var written = await client.PatchAsync<PersistentVolumeClaim>(key.Namespace, key.Name, Patch.Merge(patch.ToJsonString()), ct: ct).ConfigureAwait(false);
        // Until the cache shows the write, a missing annotation would read as a provisioner's refusal.
        await UntilAsync(() => caches.Claim(key) is not { } known || Shows(known, written), ct).ConfigureAwait(false);
    }

    private static bool Shows(PersistentVolumeClaim known, PersistentVolumeClaim written) =>
        known.Metadata.ResourceVersion == written.Metadata.ResourceVersion
        || (ulong.TryParse(known.Metadata.ResourceVersion, out var a) && ulong.TryParse(written.Metadata.ResourceVersion, out var b) && a > b);

    private async Task UntilAsync(Func<bool> done, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        while (true)
        {
            var change = caches.NextChange;
            if (done())
                return;
            try
            {
                await change.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
            {
                throw new PreBindException($"running PreBind plugin \"{Name}\": binding volumes: context deadline exceeded", e);
            }
        }
    }

    private bool IsDone(Pod pod, VolumeReservation reservation, Node node)
    {
        if (!caches.Exists(pod))
            throw Failed("pod does not exist any more");
        var done = true;
        foreach (var (key, name) in reservation.Bindings)
        {
            if (caches.Claim(key) is not { } claim)
                throw Failed($"persistentvolumeclaim \"{key.Name}\" not found");
            if (!VolumeCaches.IsBound(claim))
                done = false;
            else if (claim.Spec.VolumeName != name && caches.Volume(claim.Spec.VolumeName) is { } other && !VolumeTopology.Reaches(other, node.Metadata.Labels))
                throw Failed($"pv \"{other.Metadata.Name}\" node affinity doesn't match node \"{node.Metadata.Name}\"");
        }

        foreach (var key in reservation.Provisions)
        {
            if (caches.Claim(key) is not { } claim)
                throw Failed($"persistentvolumeclaim \"{key.Name}\" not found");
            if (claim.Metadata.Annotations.GetOr(VolumeNames.SelectedNode) != node.Metadata.Name)
                throw Failed($"provisioning failed for PVC \"{key.Name}\"");
            if (claim.Spec.VolumeName.Length > 0 && caches.Volume(claim.Spec.VolumeName) is { } volume && !VolumeTopology.Reaches(volume, node.Metadata.Labels))
                throw Failed($"pv \"{volume.Metadata.Name}\" node affinity doesn't match node \"{node.Metadata.Name}\"");
            done &= VolumeCaches.IsBound(claim);
        }

        return done;

        PreBindException Failed(string why) => new($"running PreBind plugin \"{Name}\": binding volumes: {why}");
    }
}

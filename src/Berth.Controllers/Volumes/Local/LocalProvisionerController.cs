using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Resources.Volumes;

namespace Berth.Controllers.Volumes.Local;

/// <summary>
/// The built-in provisioner: for claims of its classes it makes volumes that are directories on nodes, enlarges them, and
/// deletes those that are released. The directories themselves are the node agents'; see <see cref="LocalStorage"/>.
/// </summary>
/// <remarks>One worker: what has been promised on a node is reckoned from the cache and from what this loop just wrote.</remarks>
public sealed class LocalProvisionerController : Controller
{
    private readonly Informer<PersistentVolumeClaim> _claims;
    private readonly Informer<PersistentVolume> _volumes;
    private readonly Informer<StorageClass> _classes;
    private readonly Informer<Node> _nodes;
    private readonly EventRecorder _events;

    // Written, and perhaps not in the cache yet. Owned by the one worker.
    private readonly Dictionary<string, PersistentVolume> _written = new(StringComparer.Ordinal);

    public LocalProvisionerController(ControllerContext context)
        : base(context, "local-provisioner", workers: 1)
    {
        _events = context.Events(LocalStorage.Driver);
        _claims = context.Informers.For<PersistentVolumeClaim>();
        _volumes = context.Informers.For<PersistentVolume>();
        _classes = context.Informers.For<StorageClass>();
        _nodes = context.Informers.For<Node>();
        _claims.AddHandler(Enqueue, (_, claim) => Enqueue(claim));
        _volumes.AddHandler(VolumeSeen, (_, volume) => VolumeSeen(volume), _ => EnqueueWaiting());
        _nodes.AddHandler(_ => EnqueueWaiting(), (old, node) => NodeChanged(old, node), NodeGone);
    }

    protected override Task ReconcileAsync(ObjectKey key, CancellationToken ct) =>
        key.Namespace.Length > 0 ? ReconcileClaimAsync(key, ct) : ReconcileVolumeAsync(key.Name, ct);

    /// <summary>Makes the default class, once in a cluster's life: the driver's object is the mark, so that a class that somebody deleted stays away.</summary>
    protected override async Task RunBackgroundAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await InstallAsync(ct).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), Time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task InstallAsync(CancellationToken ct)
    {
        try
        {
            await Client.GetAsync<CSIDriver>(null, LocalStorage.Driver, ct: ct).ConfigureAwait(false);
            return;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // A new cluster.
        }

        try
        {
            await Client.CreateAsync(
                new StorageClass
                {
                    Metadata = new() { Name = LocalStorage.ClassName, Annotations = ApiMap.Of(("storageclass.kubernetes.io/is-default-class", "true")) },
                    Provisioner = LocalStorage.Driver,
                    ReclaimPolicy = "Delete",
                    VolumeBindingMode = "WaitForFirstConsumer",
                    AllowVolumeExpansion = true,
                },
                ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // Somebody was quicker, or this process was stopped between the two.
        }

        await Client.CreateAsync(
            new CSIDriver
            {
                Metadata = new() { Name = LocalStorage.Driver },
                Spec = new CSIDriverSpec { AttachRequired = false, PodInfoOnMount = false, StorageCapacity = true, FsGroupPolicy = "File", VolumeLifecycleModes = ["Persistent"] },
            },
            ct: ct).ConfigureAwait(false);
    }

    private async Task ReconcileClaimAsync(ObjectKey key, CancellationToken ct)
    {
        if (_claims.Cache.Get(key) is not { } claim || claim.Metadata.DeletionTimestamp is not null)
            return;
        if (_classes.Cache.Get("", VolumeMatch.ClassOf(claim)) is not { } storage || storage.Provisioner != LocalStorage.Driver)
            return;
        if (claim.Spec.VolumeName.Length > 0)
        {
            await GrowAsync(claim, storage, ct).ConfigureAwait(false);
            return;
        }

        var selected = claim.Metadata.Annotations.GetOr(VolumeNames.SelectedNode, "")!;
        if (selected.Length == 0 && storage.VolumeBindingMode == "WaitForFirstConsumer")
            return;
        var name = LocalVolumeReconciler.NameOf(claim);
        if (_written.ContainsKey(name) || _volumes.Cache.Get("", name) is not null)
            return;
        // The binder may find one that is there: its word comes first.
        if (claim.Metadata.Annotations.GetOr(VolumeNames.StorageProvisioner) != LocalStorage.Driver)
            return;
        await ProvisionAsync(claim, storage, selected, ct).ConfigureAwait(false);
    }

    private async Task ProvisionAsync(PersistentVolumeClaim claim, StorageClass storage, string selected, CancellationToken ct)
    {
        if (LocalVolumeReconciler.Unsupported(claim, storage) is { } unsupported)
        {
            _events.Event(claim, "Warning", "ProvisioningFailed", $"failed to provision volume with StorageClass \"{storage.Metadata.Name}\": {unsupported}");
            return;
        }

        var wanted = claim.Spec.Resources.Requests["storage"];
        var (node, problem) = selected.Length > 0 ? Named(selected, wanted) : Roomiest(storage, wanted);
        if (node is null)
        {
            _events.Event(claim, "Warning", "ProvisioningFailed", $"failed to provision volume with StorageClass \"{storage.Metadata.Name}\": {problem}");
            // The scheduler sees by this that its choice does not work out, and chooses anew.
            if (selected.Length > 0 && storage.VolumeBindingMode == "WaitForFirstConsumer")
            {
                var annotations = claim.Metadata.Annotations.Without(VolumeNames.SelectedNode);
                await Client.UpdateAsync(claim with { Metadata = claim.Metadata with { Annotations = annotations } }, ct: ct).ConfigureAwait(false);
            }

            return;
        }

        _events.Event(claim, "Normal", "Provisioning", $"External provisioner is provisioning volume for claim \"{claim.Metadata.Namespace}/{claim.Metadata.Name}\"");
        PersistentVolume made;
        try
        {
            made = await Client.CreateAsync(LocalVolumeReconciler.Make(claim, storage, node), ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            return;
        }

        _written[made.Metadata.Name] = made;
        _events.Event(claim, "Normal", "ProvisioningSucceeded", $"Successfully provisioned volume {made.Metadata.Name}");
        var limits = node.Metadata.Annotations.GetOr(LocalStorage.LimitsAnnotation, "")!;
        if (limits != LocalStorage.LimitedByQuota)
            _events.Event(claim, "Normal", "VolumeNotLimited", $"volume {made.Metadata.Name} is not kept to its size on node {node.Metadata.Name}: {limits}");
    }

    private (Node? Node, string Problem) Named(string name, Quantity wanted)
    {
        if (_nodes.Cache.Get("", name) is not { } node)
            return (null, $"node \"{name}\" not found");
        if (LocalVolumeReconciler.CapacityOf(node) is not { } capacity)
            return (null, $"node \"{name}\" keeps no local volumes");
        var free = Free(name, capacity);
        return wanted.Value <= free ? (node, "") : (null, $"node \"{name}\" has {Quantity.FromBytes(Math.Max(0, free))} left for volumes of {Quantity.FromBytes(capacity)}, asked for were {wanted}");
    }

    private (Node? Node, string Problem) Roomiest(StorageClass storage, Quantity wanted)
    {
        var best = _nodes.Cache.List()
            .Where(n => !n.Spec.Unschedulable && VolumeTopology.Allows(storage.AllowedTopologies, n.Metadata.Labels))
            .Select(n => (Node: n, Free: LocalVolumeReconciler.CapacityOf(n) is { } capacity ? Free(n.Metadata.Name, capacity) : -1))
            .OrderByDescending(n => n.Free).ThenBy(n => n.Node.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Node is not null && best.Free >= wanted.Value
            ? (best.Node, "")
            : (null, $"no node has {wanted} left for volumes; the most that one has is {Quantity.FromBytes(Math.Max(0, best.Free))}");
    }

    private long Free(string nodeName, long capacity) => capacity - LocalVolumeReconciler.PromisedOn(nodeName, Known());

    /// <summary>The cache, with what was just written in place of what it does not show yet.</summary>
    private IEnumerable<PersistentVolume> Known()
    {
        foreach (var name in _written.Keys.ToList())
        {
            if (_volumes.Cache.Get("", name) is { } seen && Newer(seen, _written[name]))
                _written.Remove(name);
        }

        return _volumes.Cache.List().Where(v => !_written.ContainsKey(v.Metadata.Name)).Concat(_written.Values);
    }

    private static bool Newer(PersistentVolume seen, PersistentVolume written) =>
        ulong.TryParse(seen.Metadata.ResourceVersion, out var a) && ulong.TryParse(written.Metadata.ResourceVersion, out var b) && a >= b;

    /// <summary>A larger claim needs nothing but the promise: directories have no size. The node moves the quota when it sees the volume.</summary>
    private async Task GrowAsync(PersistentVolumeClaim claim, StorageClass storage, CancellationToken ct)
    {
        if (claim.Status.Phase != "Bound" || _volumes.Cache.Get("", claim.Spec.VolumeName) is not { } volume || !LocalStorage.Made(volume))
            return;
        if (_written.TryGetValue(volume.Metadata.Name, out var written) && !Newer(volume, written))
            volume = written;
        var wanted = claim.Spec.Resources.Requests.GetOr("storage");
        if (wanted > VolumeMatch.Capacity(volume))
        {
            if (storage.AllowVolumeExpansion != true)
                return;
            var nodeName = volume.Metadata.Annotations.GetOr(LocalStorage.NodeName, "")!;
            var capacity = _nodes.Cache.Get("", nodeName) is { } node ? LocalVolumeReconciler.CapacityOf(node) ?? 0 : 0;
            var more = wanted.Value - VolumeMatch.Capacity(volume).Value;
            if (more > Free(nodeName, capacity))
            {
                _events.Event(claim, "Warning", "VolumeResizeFailed", $"resize volume \"{volume.Metadata.Name}\" by {LocalStorage.Driver} failed: node \"{nodeName}\" has {Quantity.FromBytes(Math.Max(0, Free(nodeName, capacity)))} left for volumes");
                return;
            }

            volume = await Client.UpdateAsync(volume with { Spec = volume.Spec with { Capacity = volume.Spec.Capacity.With("storage", wanted) } }, ct: ct).ConfigureAwait(false);
            _written[volume.Metadata.Name] = volume;
        }

        if (claim.Status.Capacity.GetOr("storage") < wanted && VolumeMatch.Capacity(volume) >= wanted)
        {
            var status = claim.Status with
            {
                Capacity = claim.Status.Capacity.With("storage", VolumeMatch.Capacity(volume)),
                AllocatedResources = [],
                AllocatedResourceStatuses = [],
                Conditions = claim.Status.Conditions.Where(c => c.Type is not ("Resizing" or "FileSystemResizePending")).ToApiList(),
            };
            await Client.UpdateStatusAsync(claim with { Status = status }, ct: ct).ConfigureAwait(false);
            _events.Event(claim, "Normal", "VolumeResizeSuccessful", "Resize volume succeeded");
        }
    }

    private async Task ReconcileVolumeAsync(string name, CancellationToken ct)
    {
        if (_volumes.Cache.Get("", name) is not { } volume || !LocalStorage.Made(volume))
            return;
        if (volume.Metadata.DeletionTimestamp is null)
        {
            if (volume.Status.Phase == "Released" && volume.Spec.PersistentVolumeReclaimPolicy == "Delete")
                await Client.DeleteAsync<PersistentVolume>(null, name, ct: ct).ConfigureAwait(false);
            return;
        }

        if (!volume.Metadata.Finalizers.Contains(LocalStorage.FilesFinalizer) || await NodeExistsAsync(volume, ct).ConfigureAwait(false))
            return;
        // The files went with the node; nobody else could take the mark away.
        var finalizers = volume.Metadata.Finalizers.Where(f => f != LocalStorage.FilesFinalizer).ToApiList();
        await Client.UpdateAsync(volume with { Metadata = volume.Metadata with { Finalizers = finalizers } }, ct: ct).ConfigureAwait(false);
    }

    private async Task<bool> NodeExistsAsync(PersistentVolume volume, CancellationToken ct)
    {
        var name = volume.Metadata.Annotations.GetOr(LocalStorage.NodeName, "")!;
        if (_nodes.Cache.Get("", name) is not null)
            return true;
        try
        {
            await Client.GetAsync<Node>(null, name, ct: ct).ConfigureAwait(false);
            return true;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    private void VolumeSeen(PersistentVolume volume)
    {
        if (!LocalStorage.Made(volume))
            return;
        Enqueue(volume);
        if (volume.Spec.ClaimRef is { } reference)
            Queue.Add(new ObjectKey(reference.Namespace, reference.Name));
    }

    private void NodeChanged(Node old, Node node)
    {
        if (old.Metadata.Annotations.GetOr(LocalStorage.CapacityAnnotation) != node.Metadata.Annotations.GetOr(LocalStorage.CapacityAnnotation))
            EnqueueWaiting();
    }

    private void NodeGone(Node node)
    {
        foreach (var volume in _volumes.Cache.List().Where(v => LocalVolumeReconciler.IsOn(v, node.Metadata.Name)))
            Enqueue(volume);
    }

    /// <summary>Room may have come for claims that found none.</summary>
    private void EnqueueWaiting()
    {
        foreach (var claim in _claims.Cache.List())
        {
            if (claim.Spec.VolumeName.Length == 0 || claim.Status.Capacity.GetOr("storage") < claim.Spec.Resources.Requests.GetOr("storage"))
                Enqueue(claim);
        }
    }
}

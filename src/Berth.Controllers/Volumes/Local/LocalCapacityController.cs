using System.Security.Cryptography;
using System.Text;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Resources.Volumes;

namespace Berth.Controllers.Volumes.Local;

/// <summary>
/// Tells how much each node has left for local volumes as CSIStorageCapacity objects, one per node and class: what the
/// scheduler looks at before it chooses a node, here and in any Kubernetes.
/// </summary>
public sealed class LocalCapacityController : Controller
{
    private const string Namespace = "kube-system";

    private readonly Informer<Node> _nodes;
    private readonly Informer<PersistentVolume> _volumes;
    private readonly Informer<StorageClass> _classes;
    private readonly Informer<CSIStorageCapacity> _capacities;

    public LocalCapacityController(ControllerContext context)
        : base(context, "local-capacity", workers: 1)
    {
        _nodes = context.Informers.For<Node>();
        _volumes = context.Informers.For<PersistentVolume>();
        _classes = context.Informers.For<StorageClass>();
        _capacities = context.Informers.For<CSIStorageCapacity>();
        _nodes.AddHandler(Enqueue, (_, node) => Enqueue(node));
        _volumes.AddHandler(Wake, (_, volume) => Wake(volume), Wake);
        _classes.AddHandler(_ => WakeAll(), deleted: _ => WakeAll());
        _capacities.AddHandler(updated: (_, changed) => WakeOwner(changed), deleted: WakeOwner);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_nodes.Cache.Get(key) is not { } node || LocalVolumeReconciler.CapacityOf(node) is not { } capacity)
            return;
        var free = Quantity.FromBytes(Math.Max(0, capacity - LocalVolumeReconciler.PromisedOn(key.Name, _volumes.Cache.List())));
        var wanted = _classes.Cache.List()
            .Where(c => c.Provisioner == LocalStorage.Driver)
            .Select(c => Make(node, c, free))
            .ToDictionary(c => c.Metadata.Name);
        foreach (var capacityObject in wanted.Values)
        {
            var known = _capacities.Cache.Get(Namespace, capacityObject.Metadata.Name);
            if (known is null)
                await CreateAsync(capacityObject, ct).ConfigureAwait(false);
            else if (known.Capacity != free)
                await Client.UpdateAsync(known with { Capacity = free }, ct: ct).ConfigureAwait(false);
        }

        // Classes that were deleted leave theirs behind.
        foreach (var stale in _capacities.Cache.List(Namespace).Where(c => IsOf(c, node) && !wanted.ContainsKey(c.Metadata.Name)))
            await DeleteAsync(stale, ct).ConfigureAwait(false);
    }

    private static CSIStorageCapacity Make(Node node, StorageClass storage, Quantity free) => new()
    {
        Metadata = new()
        {
            Namespace = Namespace,
            Name = "local-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{node.Metadata.Name}/{storage.Metadata.Name}")))[..16],
            OwnerReferences = [new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = node.Metadata.Name, Uid = node.Metadata.Uid }],
        },
        NodeTopology = new LabelSelector
        {
            MatchLabels = ApiMap.Of(("kubernetes.io/hostname", node.Metadata.Labels.GetOr("kubernetes.io/hostname", node.Metadata.Name)!)),
        },
        StorageClassName = storage.Metadata.Name,
        Capacity = free,
    };

    private static bool IsOf(CSIStorageCapacity capacity, Node node) =>
        capacity.Metadata.Name.StartsWith("local-", StringComparison.Ordinal) && capacity.Metadata.OwnerReferences.Any(o => o.Uid == node.Metadata.Uid);

    private async Task CreateAsync(CSIStorageCapacity capacity, CancellationToken ct)
    {
        try
        {
            await Client.CreateAsync(capacity, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // The cache is behind; its change brings the node back here.
        }
    }

    private async Task DeleteAsync(CSIStorageCapacity capacity, CancellationToken ct)
    {
        try
        {
            await Client.DeleteAsync<CSIStorageCapacity>(capacity.Metadata.Namespace, capacity.Metadata.Name, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Gone already.
        }
    }

    private void Wake(PersistentVolume volume)
    {
        if (LocalStorage.Made(volume) && volume.Metadata.Annotations.GetOr(LocalStorage.NodeName) is { } node)
            Queue.Add(new ObjectKey("", node));
    }

    private void WakeAll()
    {
        foreach (var node in _nodes.Cache.List())
            Enqueue(node);
    }

    private void WakeOwner(CSIStorageCapacity capacity)
    {
        if (capacity.Metadata.OwnerReferences.FirstOrDefault(o => o.Kind == "Node") is { } owner)
            Queue.Add(new ObjectKey("", owner.Name));
    }
}

using System.Collections.Concurrent;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client.Informers;
using Berth.Resources.Volumes;

namespace Berth.Scheduler.Plugins.Volumes;

/// <summary>
/// Claims, volumes and what the cluster tells of storage, with the decisions that are not written yet laid over them.
/// Decisions are made under the scheduler's lock and read by the bindings beside it.
/// </summary>
public sealed class VolumeCaches
{
    private readonly Informer<PersistentVolumeClaim> _claims;
    private readonly Informer<PersistentVolume> _volumes;
    private readonly Informer<StorageClass> _classes;
    private readonly Informer<CSINode> _nodes;
    private readonly Informer<CSIDriver> _drivers;
    private readonly Informer<CSIStorageCapacity> _capacities;
    private readonly Informer<Pod> _pods;
    private readonly ConcurrentDictionary<string, VolumeReservation> _byPod = new(StringComparer.Ordinal);
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="changed">Called when something changed that may let a waiting pod be placed.</param>
    public VolumeCaches(InformerFactory informers, Action changed)
    {
        _claims = informers.For<PersistentVolumeClaim>();
        _volumes = informers.For<PersistentVolume>();
        _classes = informers.For<StorageClass>();
        _nodes = informers.For<CSINode>();
        _drivers = informers.For<CSIDriver>();
        _capacities = informers.For<CSIStorageCapacity>();
        _pods = informers.For<Pod>();
        _pods.AddHandler(deleted: _ => Wake());
        _claims.AddHandler(_ => Changed(), (_, _) => Changed(), _ => Changed());
        _volumes.AddHandler(_ => Changed(), (_, _) => Changed(), _ => Changed());
        _classes.AddHandler(_ => changed(), (_, _) => changed());
        _nodes.AddHandler(_ => changed(), (_, _) => changed());
        _drivers.AddHandler(_ => changed(), (_, _) => changed(), _ => changed());
        _capacities.AddHandler(_ => changed(), (_, _) => changed());

        void Changed()
        {
            Wake();
            changed();
        }

        void Wake() => Interlocked.Exchange(ref _change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Done with the next change of a claim or volume, or when a pod goes; to be asked for before looking.</summary>
    public Task NextChange => Volatile.Read(ref _change).Task;

    public InformerCache<PersistentVolumeClaim> Claims => _claims.Cache;

    public InformerCache<PersistentVolume> Volumes => _volumes.Cache;

    public IEnumerable<VolumeReservation> Reservations => _byPod.Select(r => r.Value);

    public PersistentVolumeClaim? Claim(ObjectKey key) => _claims.Cache.Get(key);

    public PersistentVolume? Volume(string name) => _volumes.Cache.Get("", name);

    public bool Exists(Pod pod) => _pods.Cache.Get(ObjectKey.Of(pod))?.Metadata.Uid == pod.Metadata.Uid;

    public StorageClass? Class(string name) => name.Length > 0 ? _classes.Cache.Get("", name) : null;

    public CSINode? NodeOf(string nodeName) => _nodes.Cache.Get("", nodeName);

    public CSIDriver? Driver(string name) => _drivers.Cache.Get("", name);

    public IEnumerable<CSIStorageCapacity> CapacitiesOf(string className) =>
        _capacities.Cache.List().Where(c => c.StorageClassName == className);

    /// <summary>True once the claim has its volume and both say so.</summary>
    public static bool IsBound(PersistentVolumeClaim claim) =>
        claim.Spec.VolumeName.Length > 0 && claim.Metadata.Annotations.ContainsKey(VolumeNames.BindCompleted);

    public VolumeReservation? ReservationOf(string podUid) => _byPod.GetValueOrDefault(podUid);

    public void Reserve(VolumeReservation reservation) => _byPod[reservation.PodUid] = reservation;

    public void Unreserve(string podUid) => _byPod.TryRemove(podUid, out _);
}

using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.Client.Metadata;

namespace Berth.Controllers.GarbageCollection;

/// <summary>
/// Who owns whom, by uid. Fed by watches of every kind; read by the collector. Owners that dependents name but that no watch
/// has shown are nodes too, marked as not seen: they may be about to come, or gone for good. Thread-safe.
/// </summary>
public sealed class OwnershipGraph
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    /// <summary>Enters an object or its new version. Returns the uids that may need work now.</summary>
    public IReadOnlyList<string> Set(ObjectMetadata full)
    {
        var value = full with { Metadata = Kept(full.Metadata) };
        var meta = value.Metadata;
        lock (_gate)
        {
            var entry = EntryOf(meta.Uid);
            var before = entry.Object;
            entry.Object = value;
            var oldOwners = before?.Metadata.OwnerReferences ?? [];
            List<string> wake = [];
            foreach (var owner in oldOwners)
            {
                if (!meta.OwnerReferences.Any(o => o.Uid == owner.Uid))
                    Unlink(owner.Uid, meta.Uid);
            }

            foreach (var owner in meta.OwnerReferences)
                EntryOf(owner.Uid).Dependents.Add(meta.Uid);
            // An owner that waits for this one may go on when it stops blocking.
            wake.AddRange(oldOwners.Concat(meta.OwnerReferences).Select(o => o.Uid));
            if (!meta.OwnerReferences.IsEmpty || meta.DeletionTimestamp is not null)
                wake.Add(meta.Uid);
            if (meta.DeletionTimestamp is not null)
                wake.AddRange(entry.Dependents);
            return wake;
        }
    }

    /// <summary>Takes an object out that is gone. Returns the uids that may need work now.</summary>
    public IReadOnlyList<string> Remove(string uid)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(uid, out var entry))
                return [];
            List<string> wake = [.. entry.Dependents];
            foreach (var owner in entry.Object?.Metadata.OwnerReferences ?? [])
            {
                Unlink(owner.Uid, uid);
                wake.Add(owner.Uid);
            }

            entry.Object = null;
            if (entry.Dependents.Count == 0)
                _entries.Remove(uid);
            return wake;
        }
    }

    /// <summary>Null when no watch has shown the object, or it is gone.</summary>
    public ObjectMetadata? Get(string uid)
    {
        lock (_gate)
            return _entries.TryGetValue(uid, out var entry) ? entry.Object : null;
    }

    public IReadOnlyList<ObjectMetadata> DependentsOf(string uid)
    {
        lock (_gate)
            return _entries.TryGetValue(uid, out var entry) ? [.. entry.Dependents.Select(d => _entries.GetValueOrDefault(d)?.Object).OfType<ObjectMetadata>()] : [];
    }

    /// <summary>Uids of a kind's objects, to find those that a fresh list no longer has.</summary>
    public IReadOnlyList<string> UidsOf(KindInfo kind)
    {
        lock (_gate)
            return [.. _entries.Where(e => e.Value.Object?.Kind == kind).Select(e => e.Key)];
    }

    /// <summary>True while an object waits for the end of its dependents (foreground deletion).</summary>
    public static bool WaitsForDependents(ObjectMeta meta) => meta.DeletionTimestamp is not null && meta.Finalizers.Contains("foregroundDeletion");

    // Nearly all of an object's metadata is of no use here, and all objects of the cluster are.
    private static ObjectMeta Kept(ObjectMeta meta) => new()
    {
        Name = meta.Name,
        Namespace = meta.Namespace,
        Uid = meta.Uid,
        ResourceVersion = meta.ResourceVersion,
        DeletionTimestamp = meta.DeletionTimestamp,
        Finalizers = meta.Finalizers,
        OwnerReferences = meta.OwnerReferences,
    };

    private Entry EntryOf(string uid)
    {
        if (!_entries.TryGetValue(uid, out var entry))
            _entries.Add(uid, entry = new Entry());
        return entry;
    }

    private void Unlink(string owner, string dependent)
    {
        if (_entries.TryGetValue(owner, out var entry) && entry.Dependents.Remove(dependent) && entry.Object is null && entry.Dependents.Count == 0)
            _entries.Remove(owner);
    }

    private sealed class Entry
    {
        public ObjectMetadata? Object { get; set; }

        public HashSet<string> Dependents { get; } = new(StringComparer.Ordinal);
    }
}

namespace Berth.Store.Memory;

/// <summary>One key's versions, oldest first. Owned by <see cref="MemoryStore"/>, under its lock.</summary>
internal sealed class KeyVersions(string key)
{
    // A null entry is a delete.
    private readonly List<(Revision Revision, StoreEntry? Entry)> _versions = new(1);

    public StoreEntry? Latest => _versions.Count == 0 ? null : _versions[^1].Entry;

    public bool IsEmpty => _versions.Count == 0;

    public StoreEntry? At(Revision revision)
    {
        for (var i = _versions.Count - 1; i >= 0; i--)
            if (_versions[i].Revision <= revision) return _versions[i].Entry;
        return null;
    }

    public StoreEntry Put(ReadOnlyMemory<byte> value, Revision revision)
    {
        var entry = new StoreEntry(key, value, Latest?.CreateRevision ?? revision, revision);
        _versions.Add((revision, entry));
        return entry;
    }

    public void Delete(Revision revision) => _versions.Add((revision, null));

    /// <summary>Keeps what can be read at the floor or later.</summary>
    public void Compact(Revision floor)
    {
        var kept = _versions.FindLastIndex(version => version.Revision <= floor);
        if (kept < 0) return;
        _versions.RemoveRange(0, _versions[kept].Entry is null ? kept + 1 : kept);
    }
}

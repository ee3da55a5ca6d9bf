namespace Berth.Scheduler.Snapshot;

/// <summary>One resource on all nodes: what each can give and what is taken, by row.</summary>
public sealed class ResourceColumn
{
    private long[] _allocatable = [];
    private long[] _used = [];

    public ReadOnlySpan<long> Allocatable => _allocatable;

    public ReadOnlySpan<long> Used => _used;

    internal void Grow(int rows)
    {
        if (rows <= _allocatable.Length)
            return;
        var size = Math.Max(rows, _allocatable.Length * 2);
        Array.Resize(ref _allocatable, size);
        Array.Resize(ref _used, size);
    }

    internal void SetAllocatable(int row, long amount) => _allocatable[row] = amount;

    internal void AddUsed(int row, long amount) => _used[row] += amount;

    internal void Clear(int row)
    {
        _allocatable[row] = 0;
        _used[row] = 0;
    }
}

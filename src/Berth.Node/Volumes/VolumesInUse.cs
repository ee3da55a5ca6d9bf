using System.Collections.Concurrent;
using Berth.Api;

namespace Berth.Node.Volumes;

/// <summary>
/// The attached volumes that this node uses or is about to use. The Node's status names them before they are touched: the
/// attach controller takes nothing away that is named there.
/// </summary>
public sealed class VolumesInUse
{
    private readonly ConcurrentDictionary<string, bool> _names = new(StringComparer.Ordinal);

    /// <summary>Writes the Node's status; set once by the agent that owns both.</summary>
    public Func<CancellationToken, Task> Report { get; set; } = _ => Task.CompletedTask;

    public ApiList<string> Names => _names.Keys.Order(StringComparer.Ordinal).ToApiList();

    /// <summary>Done once the cluster has been told.</summary>
    public async Task AddAsync(string name, CancellationToken ct)
    {
        if (_names.TryGetValue(name, out var told) && told)
            return;
        _names[name] = false;
        await Report(ct);
        _names[name] = true;
    }

    /// <summary>Known from an earlier life of the agent.</summary>
    public void Restore(string name) => _names.TryAdd(name, false);

    /// <summary>The cluster is told with the next status.</summary>
    public async Task RemoveAsync(string name, CancellationToken ct)
    {
        if (_names.TryRemove(name, out _))
            await Report(ct);
    }
}

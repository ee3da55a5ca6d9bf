using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;

namespace Berth.Scheduler.Queue;

/// <summary>A pod waiting for its place.</summary>
/// <param name="Added">When it first came; decides among equal priorities.</param>
/// <param name="Attempts">Cycles that have found no place for it.</param>
public sealed record QueuedPod(Pod Pod, DateTimeOffset Added, int Attempts)
{
    public string Uid => Pod.Metadata.Uid;

    public int Priority => Pod.Spec.Priority ?? 0;

    /// <summary>When the last cycle ended; its back-off runs from here.</summary>
    public DateTimeOffset LastTried { get; init; }

    /// <summary>Plugins that refused it the last time: they know what may help. Empty when anything may.</summary>
    public IReadOnlyList<IFilterPlugin> Refusers { get; init; } = [];
}

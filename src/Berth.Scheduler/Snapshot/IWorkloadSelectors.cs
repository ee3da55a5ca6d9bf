using Berth.Api.Core.V1;
using Berth.Api.Selection;

namespace Berth.Scheduler.Snapshot;

/// <summary>Says which pods belong together with one: those of its Services and of the controller that owns it.</summary>
public interface IWorkloadSelectors
{
    /// <summary>Selects everything when the pod belongs to nothing.</summary>
    Selector Of(Pod pod);
}

/// <summary>No pod belongs to anything.</summary>
public sealed class NoWorkloads : IWorkloadSelectors
{
    public static NoWorkloads Instance { get; } = new();

    public Selector Of(Pod pod) => Selector.Everything;
}

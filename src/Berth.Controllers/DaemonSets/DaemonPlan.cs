using Berth.Api.Core.V1;

namespace Berth.Controllers.DaemonSets;

/// <param name="Create">Names of nodes.</param>
/// <param name="Finished">Pods that ended though they should not; to be deleted, but not faster and faster when they always end.</param>
public sealed record DaemonPlan(List<string> Create, List<Pod> Delete, List<Pod> Finished)
{
    public static DaemonPlan Nothing => new([], [], []);

    public bool IsEmpty => Create.Count == 0 && Delete.Count == 0 && Finished.Count == 0;

    /// <summary>The same plan with no more than <see cref="DaemonSetReconciler.BurstMax"/> of each.</summary>
    public DaemonPlan Limited() => new(
        [.. Create.Take(DaemonSetReconciler.BurstMax)],
        [.. Delete.Take(DaemonSetReconciler.BurstMax)],
        [.. Finished.Take(DaemonSetReconciler.BurstMax)]);
}

using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Cycle;

/// <summary>Takes nodes out that cannot take the pod. Pure over the state; runs over all remaining nodes at once.</summary>
public interface IFilterPlugin
{
    string Name { get; }

    void Filter(PodContext pod, ClusterState state, Candidates candidates);
}

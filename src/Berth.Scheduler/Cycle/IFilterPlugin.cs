using Berth.Api.Core.V1;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Cycle;

/// <summary>Takes nodes out that cannot take the pod. Pure over the state; runs over all remaining nodes at once.</summary>
public interface IFilterPlugin
{
    string Name { get; }

    /// <summary>Comes before all filters of all plugins: refuses the pod itself, or all nodes but some that it names.</summary>
    void PreFilter(PodContext pod, ClusterState state, Candidates candidates)
    {
    }

    void Filter(PodContext pod, ClusterState state, Candidates candidates);

    /// <summary>
    /// Whether a pod that this plugin refused may fit after the change. A yes too many costs a try; a no too many leaves the
    /// pod waiting until <see cref="SchedulingQueue.UnschedulableMax"/>.
    /// </summary>
    bool MayHelp(Pod pod, ClusterEvent change) => true;
}

using Berth.Api.Core.V1;
using Berth.Resources.Demand;
using Berth.Scheduler.Topology;

namespace Berth.Scheduler.Snapshot;

/// <summary>A pod that takes room on a node: bound, or reserved by a decision whose binding is under way.</summary>
/// <param name="Demand">What the pod takes when nodes are filtered.</param>
/// <param name="ScoringDemand">What it is taken to use when nodes are compared.</param>
/// <param name="Reserved">True until the binding has been seen.</param>
/// <param name="Traits">What it is to pods that have affinities, and what it says of others.</param>
public sealed record PlacedPod(Pod Pod, string NodeName, ResourceAmounts Demand, ResourceAmounts ScoringDemand, bool Reserved, PodTraits Traits)
{
    public string Uid => Pod.Metadata.Uid;

    public int Priority => Pod.Spec.Priority ?? 0;
}

using Berth.Api.Core.V1;
using Berth.Resources.Demand;

namespace Berth.Scheduler.Snapshot;

/// <summary>A pod that takes room on a node: bound, or reserved by a decision whose binding is under way.</summary>
/// <param name="Demand">What the pod takes when nodes are filtered.</param>
/// <param name="ScoringDemand">What it is taken to use when nodes are compared.</param>
public sealed record PlacedPod(Pod Pod, string NodeName, ResourceAmounts Demand, ResourceAmounts ScoringDemand, bool Reserved)
{
    public string Uid => Pod.Metadata.Uid;
}

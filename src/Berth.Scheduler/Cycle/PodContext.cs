using Berth.Api.Core.V1;
using Berth.Resources.Demand;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Cycle;

/// <summary>One pod being placed: what plugins need to know of it, worked out once.</summary>
public sealed class PodContext(Pod pod)
{
    public Pod Pod { get; } = pod;

    public ResourceAmounts Demand { get; } = PodDemand.Requests(pod);

    public ResourceAmounts ScoringDemand { get; } = PodDemand.RequestsForScoring(pod);

    public IReadOnlyList<HostPort> Ports { get; } = HostPort.Of(pod);
}

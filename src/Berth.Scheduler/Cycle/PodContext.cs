using Berth.Api.Core.V1;
using Berth.Resources.Demand;
using Berth.Scheduler.Plugins;
using Berth.Scheduler.Snapshot;
using Berth.Scheduler.Topology;

namespace Berth.Scheduler.Cycle;

/// <summary>One pod being placed: what plugins need to know of it, worked out once.</summary>
public sealed class PodContext(Pod pod)
{
    private AffinityTerms? _affinity;
    private RequiredNodeAffinity? _nodeAffinity;

    public Pod Pod { get; } = pod;

    public ResourceAmounts Demand { get; } = PodDemand.Requests(pod);

    public ResourceAmounts ScoringDemand { get; } = PodDemand.RequestsForScoring(pod);

    public IReadOnlyList<HostPort> Ports { get; } = HostPort.Of(pod);

    /// <exception cref="FormatException">A selector is malformed.</exception>
    public AffinityTerms Affinity => _affinity ??= AffinityTerms.Of(Pod);

    /// <exception cref="FormatException">A selector is malformed.</exception>
    public RequiredNodeAffinity NodeAffinity => _nodeAffinity ??= new RequiredNodeAffinity(Pod);
}

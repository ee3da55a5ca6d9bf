using Berth.Api.Scheduling.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Scheduling;

public sealed class PriorityClassStrategy : ResourceStrategy<PriorityClass>
{
    /// <summary>Counted, but fixed at 1 as in Kubernetes: a class never changes in what matters.</summary>
    public override bool HasGeneration => true;

    public override PriorityClass Default(PriorityClass value) =>
        value.PreemptionPolicy is null ? value with { PreemptionPolicy = "PreemptLowerPriority" } : value;
}

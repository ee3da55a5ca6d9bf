using Berth.Api.Core.V1;
using Berth.Api.Policy.V1;

namespace Berth.Controllers.Disruption;

/// <param name="Unmanaged">Pods without a controller, for a budget that is a share or a maximum: nobody says how many there should be.</param>
/// <param name="Overdue">Pods whose eviction was allowed and that were not deleted in time.</param>
/// <param name="Recheck">When time alone changes the status; null when it does not.</param>
public sealed record DisruptionPlan(PodDisruptionBudgetStatus Status, IReadOnlyList<string> Unmanaged, IReadOnlyList<Pod> Overdue, TimeSpan? Recheck);

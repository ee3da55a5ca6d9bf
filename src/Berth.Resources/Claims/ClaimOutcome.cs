using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>Either an allocation for each claim, in their order, or the reason why there is none.</summary>
public sealed record ClaimOutcome(IReadOnlyList<AllocationResult> Allocations, ClaimObstacle? Obstacle);

using Berth.Api.Resource.V1;

namespace Berth.Scheduler.Plugins.Claims;

/// <summary>What a pod's place gives to those of its claims that had nothing yet.</summary>
/// <param name="Allocations">By the claim's uid.</param>
/// <param name="Problem">Devices changed hands while the place was chosen: it has to be chosen anew.</param>
public sealed record PendingAllocation(string PodUid, string NodeName, IReadOnlyDictionary<string, AllocationResult> Allocations, string? Problem);

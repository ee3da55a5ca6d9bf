using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Scheduler.Plugins.Claims;

/// <summary>What a pod's place gives to those of its claims that had nothing yet.</summary>
/// <param name="Allocations">By the claim's uid.</param>
/// <param name="Problem">Devices changed hands while the place was chosen: it has to be chosen anew.</param>
public sealed record PendingAllocation(string PodUid, string NodeName, IReadOnlyDictionary<string, AllocationResult> Allocations, string? Problem)
{
    /// <summary>The claim to make for the pod's extended resources; null for none.</summary>
    public ResourceClaim? Extended { get; init; }

    /// <summary>Which container gets what of it.</summary>
    public ApiList<ContainerExtendedResourceRequest> Mappings { get; init; } = [];

    /// <summary>Stands for the uid of a claim that is not made yet.</summary>
    public static string ExtendedUid(string podUid) => "extended:" + podUid;
}

using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.Resources.Claims;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Resources.Tests.Claims;

/// <summary>The rules of allocation, each checked on a whole answer, and a search through all answers.</summary>
internal sealed class PlainClaims(DeviceCatalog catalog, DevicesInUse used, IReadOnlyList<ResourceClaim> claims)
{
    private readonly IReadOnlyList<PooledDevice> _devices = catalog.Of(Fixture.Node);

    /// <summary>Whether any assignment of devices to requests keeps all rules.</summary>
    public bool Exists()
    {
        var ways = new List<List<List<Given>>>();
        for (var c = 0; c < claims.Count; c++)
        {
            foreach (var request in claims[c].Spec.Devices.Requests)
                ways.Add([.. WaysOf(c, request)]);
        }

        return Try(0, []);

        bool Try(int at, List<Given> so)
        {
            if (at == ways.Count)
                return IsValid(so);
            return ways[at].Exists(way => Try(at + 1, [.. so, .. way]));
        }
    }

    public bool IsValid(IReadOnlyList<AllocationResult> allocations)
    {
        var all = new List<Given>();
        for (var c = 0; c < allocations.Count; c++)
        {
            foreach (var result in allocations[c].Devices.Results)
                all.Add(new Given(c, result.Request, catalog.Device(DeviceId.Of(result))!, result.AdminAccess == true));
        }

        // Each request is served by one of the ways to serve it.
        for (var c = 0; c < claims.Count; c++)
        {
            foreach (var request in claims[c].Spec.Devices.Requests)
            {
                var mine = all.Where(g => g.Claim == c && g.Request.Split('/')[0] == request.Name).ToHashSet();
                if (!WaysOf(c, request).Any(mine.SetEquals))
                    return false;
            }
        }

        return IsValid(all);
    }

    private IEnumerable<List<Given>> WaysOf(int claim, Api.Resource.V1.DeviceRequest request)
    {
        if (request.Exactly is { } e)
            return Ways(claim, request.Name, e.AllocationMode, e.Count, e.Selectors, e.AdminAccess == true);
        return request.FirstAvailable.SelectMany(a => Ways(claim, $"{request.Name}/{a.Name}", a.AllocationMode, a.Count, a.Selectors, false));
    }

    private IEnumerable<List<Given>> Ways(int claim, string name, string mode, long count, ApiList<DeviceSelector> selectors, bool admin)
    {
        var matching = _devices.Where(d => selectors.All(s => Fixture.Selectors.Matches(s.Cel!.Expression, d.Id.Driver, d.Spec)))
            .Select(d => new Given(claim, name, d, admin)).ToList();
        if (mode == "All")
            return matching.Count > 0 ? [matching] : [];
        return Enumerable.Range(0, 1 << matching.Count)
            .Where(mask => System.Numerics.BitOperations.PopCount((uint)mask) == count)
            .Select(mask => matching.Where((_, i) => (mask >> i & 1) == 1).ToList());
    }

    private bool IsValid(List<Given> all)
    {
        if (all.Exists(g => g.Device.Spec.Taints.Any()))
            return false;
        var owners = all.Where(g => !g.Admin).ToList();
        if (owners.Exists(g => used.IsTaken(g.Device.Id)) || owners.DistinctBy(g => g.Device.Id).Count() != owners.Count)
            return false;
        if (all.DistinctBy(g => (g.Claim, g.Device.Id)).Count() != all.Count)
            return false;
        foreach (var pool in catalog.Pools)
        {
            foreach (var (set, counters) in pool.CounterSets)
            {
                foreach (var (name, counter) in counters)
                {
                    var holders = pool.Devices.Where(d => used.IsTaken(d.Id)).Concat(owners.Select(o => o.Device).Where(d => d.Id.Pool == pool.Name));
                    var sum = holders.SelectMany(d => d.Spec.ConsumesCounters).Where(c => c.CounterSet == set).Sum(c => c.Counters.GetOr(name)?.Value.Value ?? 0);
                    if (sum > counter.Value.Value)
                        return false;
                }
            }
        }

        for (var c = 0; c < claims.Count; c++)
        {
            foreach (var constraint in claims[c].Spec.Devices.Constraints)
            {
                var covered = all.Where(g => g.Claim == c && (constraint.Requests.IsEmpty || constraint.Requests.Contains(g.Request.Split('/')[0]))).ToList();
                var values = covered.Select(g => g.Device.Spec.Attributes.GetOr("root")?.String).ToList();
                if (values.Contains(null))
                    return false;
                var different = values.Distinct().Count();
                if (constraint.MatchAttribute is not null ? different > 1 : different != values.Count)
                    return false;
            }
        }

        return true;
    }

    private sealed record Given(int Claim, string Request, PooledDevice Device, bool Admin);
}

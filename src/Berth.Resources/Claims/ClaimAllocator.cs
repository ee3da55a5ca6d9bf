using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Resources.Claims;

/// <summary>
/// Gives claims the devices of a node that their requests ask for, by the structured parameters of resource.k8s.io/v1. Pure:
/// the same catalog, use, node and claims give the same devices, and what is allocated is not remembered.
/// </summary>
/// <remarks>
/// 1. Each request's alternatives are read, with their classes. 2. For each, the devices that match and are to be had are
/// found. 3. A search chooses for all requests of all claims together. 4. The choice is written as the API has it.
/// Not thread-safe: answers of selectors are remembered.
/// </remarks>
public sealed class ClaimAllocator(DeviceCatalog catalog, DevicesInUse used, Func<string, DeviceClass?> classes, IDeviceSelectors selectors)
{
    private readonly Dictionary<(string Expression, DeviceId Device), bool> _answers = [];

    /// <summary>Why no node whatever can serve the claim; null when one may.</summary>
    public static ClaimObstacle? Problem(ResourceClaim claim, Func<string, DeviceClass?> classes)
    {
        foreach (var request in claim.Spec.Devices.Requests)
        {
            if (RequestOptions.Of(0, request, classes, out var missing) is null)
                return new ClaimObstacle(ObjectKey.Of(claim), request.Name, $"device class {missing} does not exist");
        }

        return null;
    }

    /// <param name="claims">Not allocated yet.</param>
    /// <param name="shareIds">Makes the id of a share of a device; a UUID.</param>
    public ClaimOutcome Allocate(IReadOnlyList<ResourceClaim> claims, Node node, Func<string> shareIds)
    {
        var devices = catalog.Of(node);
        var broken = catalog.BrokenOf(node).ToList();
        var requests = new List<IReadOnlyList<RequestOption>>();
        for (var c = 0; c < claims.Count; c++)
        {
            var key = ObjectKey.Of(claims[c]);
            foreach (var request in claims[c].Spec.Devices.Requests)
            {
                // 1.
                if (RequestOptions.Of(c, request, classes, out var missing) is not { } options)
                    return Failed(new ClaimObstacle(key, request.Name, $"device class {missing} does not exist"));
                // 2.
                try
                {
                    foreach (var option in options)
                        RequestOptions.Survey(option, devices, used, broken, Matches);
                }
                catch (DeviceSelectorException e)
                {
                    return Failed(new ClaimObstacle(key, request.Name, e.Message));
                }

                if (options.All(o => o.Impossible is not null))
                    return Failed(new ClaimObstacle(key, request.Name, string.Join("; ", options.Select(o => o.Impossible).Distinct())));
                requests.Add(options);
            }
        }

        // 3.
        var constraints = claims.Select(IReadOnlyList<ConstraintState> (c) => [.. c.Spec.Devices.Constraints.Select(k => new ConstraintState(k))]).ToList();
        var search = new ClaimSearch(requests, constraints, devices, used, new CounterLedger(catalog, used));
        if (!search.Run())
        {
            var (option, reason) = search.Obstacle ?? (requests[0][0], "no choice of devices serves all requests together");
            return Failed(new ClaimObstacle(ObjectKey.Of(claims[option.Claim]), option.Name, reason));
        }

        // 4.
        var choices = search.Chosen.ToLookup(c => c.Option.Claim);
        return new([.. claims.Select((claim, i) => AllocationWriter.Write(claim, [.. choices[i]], devices, node, shareIds))], null);
    }

    private static ClaimOutcome Failed(ClaimObstacle obstacle) => new([], obstacle);

    private bool Matches(string expression, PooledDevice device)
    {
        if (!_answers.TryGetValue((expression, device.Id), out var answer))
            _answers.Add((expression, device.Id), answer = selectors.Matches(expression, device.Id.Driver, device.Spec));
        return answer;
    }
}

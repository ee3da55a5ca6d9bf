using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Resources.Claims;

/// <summary>Puts a choice of devices into the words of the API.</summary>
internal static class AllocationWriter
{
    public static AllocationResult Write(ResourceClaim claim, IReadOnlyList<ClaimSearch.Choice> choices, IReadOnlyList<PooledDevice> devices, Node node, Func<string> shareIds) => new()
    {
        Devices = new DeviceAllocationResult
        {
            Results = choices.Select(c => Result(c, devices[c.Device], shareIds)).ToApiList(),
            Config = Config(claim, choices).ToApiList(),
        },
        NodeSelector = Selector([.. choices.Select(c => devices[c.Device])], node),
    };

    private static DeviceRequestAllocationResult Result(ClaimSearch.Choice choice, PooledDevice device, Func<string> shareIds) => new()
    {
        Request = choice.Option.Name,
        Driver = device.Id.Driver,
        Pool = device.Id.Pool,
        Device = device.Id.Name,
        AdminAccess = choice.Option.AdminAccess,
        Tolerations = choice.Option.Tolerations,
        BindingConditions = device.Spec.BindingConditions,
        BindingFailureConditions = device.Spec.BindingFailureConditions,
        ShareID = choice.Share is null || choice.Option.IsAdmin ? null : shareIds(),
        ConsumedCapacity = choice.Share is null || choice.Option.IsAdmin ? [] : choice.Share,
    };

    /// <summary>The classes' configuration comes first, so that the claim's own has the last word.</summary>
    private static IEnumerable<DeviceAllocationConfiguration> Config(ResourceClaim claim, IReadOnlyList<ClaimSearch.Choice> choices)
    {
        var options = choices.Select(c => c.Option).Distinct().ToList();
        foreach (var option in options)
        {
            foreach (var config in option.Class.Spec.Config)
                yield return new DeviceAllocationConfiguration { Source = "FromClass", Requests = [option.Name], Opaque = config.Opaque };
        }

        foreach (var config in claim.Spec.Devices.Config)
        {
            if (config.Requests.IsEmpty || options.Exists(o => config.Requests.Contains(o.Request) || config.Requests.Contains(o.Name)))
                yield return new DeviceAllocationConfiguration { Source = "FromClaim", Requests = config.Requests, Opaque = config.Opaque };
        }
    }

    /// <summary>From where all the devices can be used together; null: from everywhere.</summary>
    private static NodeSelector? Selector(IReadOnlyList<PooledDevice> devices, Node node)
    {
        if (devices.Any(d => d.Reach.NodeName.Length > 0 || d.Spec.BindsToNode == true))
        {
            var name = new NodeSelectorRequirement { Key = "metadata.name", Operator = "In", Values = [node.Metadata.Name] };
            return new NodeSelector { NodeSelectorTerms = [new NodeSelectorTerm { MatchFields = [name] }] };
        }

        // The API allows one term in a slice's selector.
        var terms = devices.Where(d => d.Reach.Selector is not null).SelectMany(d => d.Reach.Selector!.NodeSelectorTerms.Take(1)).ToList();
        return terms.Count == 0 ? null : new NodeSelector
        {
            NodeSelectorTerms =
            [
                new NodeSelectorTerm
                {
                    MatchExpressions = terms.SelectMany(t => t.MatchExpressions).Distinct().ToApiList(),
                    MatchFields = terms.SelectMany(t => t.MatchFields).Distinct().ToApiList(),
                },
            ],
        };
    }
}

using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Core;

public sealed class LimitRangeStrategy : ResourceStrategy<LimitRange>
{
    public override bool HasGeneration => false;

    public override LimitRange Default(LimitRange value)
    {
        var limits = value.Spec.Limits.Map(Default);
        return ReferenceEquals(limits, value.Spec.Limits) ? value : value with { Spec = value.Spec with { Limits = limits } };
    }

    // A container's default limit is the maximum, its default request the limit, else the minimum.
    private static LimitRangeItem Default(LimitRangeItem item)
    {
        if (item.Type != "Container")
            return item;
        var limits = Fill(item.Default, item.Max);
        var requests = Fill(Fill(item.DefaultRequest, limits), item.Min);
        return ReferenceEquals(limits, item.Default) && ReferenceEquals(requests, item.DefaultRequest)
            ? item
            : item with { Default = limits, DefaultRequest = requests };
    }

    private static ApiMap<Quantity> Fill(ApiMap<Quantity> map, ApiMap<Quantity> from)
    {
        foreach (var (name, quantity) in from)
        {
            if (!map.ContainsKey(name))
                map = map.With(name, quantity);
        }

        return map;
    }

    public override void Validate(LimitRange value, FieldErrors errors)
    {
        var types = new HashSet<string>();
        for (var i = 0; i < value.Spec.Limits.Count; i++)
        {
            var path = FieldPath.Spec["limits"][i];
            if (!types.Add(value.Spec.Limits[i].Type))
                errors.Duplicate(path["type"], value.Spec.Limits[i].Type);
            LimitRangeRules.Validate(errors, path, value.Spec.Limits[i]);
        }
    }
}

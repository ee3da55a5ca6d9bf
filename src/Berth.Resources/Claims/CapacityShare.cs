using Berth.Api;
using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>How much of a device's capacities a request takes.</summary>
internal static class CapacityShare
{
    /// <summary>What a share of the device takes of each capacity; null when the device can never give it.</summary>
    public static ApiMap<Quantity>? Of(Device device, CapacityRequirements? wanted)
    {
        if (wanted is not null && wanted.Requests.Keys.Any(k => !device.Capacity.ContainsKey(k)))
            return null;
        var taken = new List<KeyValuePair<string, Quantity>>();
        foreach (var (name, capacity) in device.Capacity)
        {
            Quantity? asked = wanted is not null && wanted.Requests.TryGetValue(name, out var amount) ? amount : null;
            if (Amount(capacity, asked) is not { } given || given > capacity.Value)
                return null;
            taken.Add(new(name, given));
        }

        return taken.ToApiMap();
    }

    /// <summary>Whether a device that is given as a whole has all that is asked for.</summary>
    public static bool Suffices(Device device, CapacityRequirements? wanted) =>
        wanted is null || wanted.Requests.All(r => device.Capacity.TryGetValue(r.Key, out var has) && r.Value <= has.Value);

    private static Quantity? Amount(DeviceCapacity capacity, Quantity? asked)
    {
        if (capacity.RequestPolicy is not { } policy)
            return asked ?? capacity.Value;
        var wanted = asked ?? policy.Default ?? capacity.Value;
        if (policy.ValidRange is { Min: { } least } range)
        {
            if (wanted < least)
                wanted = least;
            else if (range.Step is { } step && step > Quantity.Zero)
                wanted = RoundUp(wanted, least, step);
            return range.Max is { } most && wanted > most ? null : wanted;
        }

        if (policy.ValidValues.IsEmpty)
            return wanted;
        Quantity? best = null;
        foreach (var value in policy.ValidValues)
        {
            if (value >= wanted && (best is null || value < best))
                best = value;
        }

        return best;
    }

    private static Quantity RoundUp(Quantity wanted, Quantity least, Quantity step)
    {
        var over = (wanted - least).Value;
        var width = Math.Max(step.Value, 1);
        return least + Quantity.FromUnits((over + width - 1) / width * width, step.Format);
    }
}

using System.Globalization;
using Berth.Api;
using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>Reads the requests of a claim and finds the devices that come into question for each.</summary>
internal static class RequestOptions
{
    /// <summary>The ways to serve a request, the most wanted first.</summary>
    /// <param name="missing">The class that does not exist, when the answer is null.</param>
    public static IReadOnlyList<RequestOption>? Of(int claim, DeviceRequest request, Func<string, DeviceClass?> classes, out string missing)
    {
        missing = "";
        var options = new List<RequestOption>();
        if (request.Exactly is { } exactly)
        {
            if (classes(exactly.DeviceClassName) is not { } found)
            {
                missing = exactly.DeviceClassName;
                return null;
            }

            options.Add(new RequestOption
            {
                Claim = claim,
                Request = request.Name,
                Alternative = null,
                Class = found,
                Selectors = exactly.Selectors,
                All = exactly.AllocationMode == "All",
                Count = Math.Max(exactly.Count, 1),
                AdminAccess = exactly.AdminAccess,
                Tolerations = exactly.Tolerations,
                Capacity = exactly.Capacity,
            });
        }

        foreach (var alternative in request.FirstAvailable)
        {
            if (classes(alternative.DeviceClassName) is not { } found)
            {
                missing = alternative.DeviceClassName;
                return null;
            }

            options.Add(new RequestOption
            {
                Claim = claim,
                Request = request.Name,
                Alternative = alternative.Name,
                Class = found,
                Selectors = alternative.Selectors,
                All = alternative.AllocationMode == "All",
                Count = Math.Max(alternative.Count, 1),
                AdminAccess = null,
                Tolerations = alternative.Tolerations,
                Capacity = alternative.Capacity,
            });
        }

        return options;
    }

    /// <summary>Fills in the candidates, or why there are too few.</summary>
    /// <param name="matches">Whether an expression chooses a device.</param>
    /// <exception cref="DeviceSelectorException">An expression failed.</exception>
    public static void Survey(
        RequestOption option, IReadOnlyList<PooledDevice> devices, DevicesInUse used, IEnumerable<DevicePool> broken, Func<string, PooledDevice, bool> matches)
    {
        if (option.All && broken.FirstOrDefault() is { } pool)
        {
            option.Impossible = $"asks for all devices, but the resource pool {pool.Driver}/{pool.Name} is {pool.Problem}";
            return;
        }

        int matching = 0, taken = 0, small = 0, tainted = 0;
        DeviceTaint? taint = null;
        var shared = false;
        for (var i = 0; i < devices.Count; i++)
        {
            var device = devices[i];
            if (!Chosen(option.Class.Spec.Selectors, device, matches) || !Chosen(option.Selectors, device, matches))
                continue;
            matching++;
            ApiMap<Quantity>? share = null;
            if (device.IsShared ? (share = CapacityShare.Of(device.Spec, option.Capacity)) is null : !CapacityShare.Suffices(device.Spec, option.Capacity))
            {
                small++;
                continue;
            }

            if (!option.IsAdmin && used.IsTaken(device.Id))
            {
                taken++;
                continue;
            }

            if (DeviceTaints.Obstacle(device.Spec, option.Tolerations) is { } obstacle)
            {
                tainted++;
                taint ??= obstacle;
                continue;
            }

            option.Candidates.Add(i);
            if (share is not null)
                option.Shares.Add(i, share);
            shared |= device.IsShared;
        }

        var enough = option.All ? matching > 0 && option.Candidates.Count == matching : option.Candidates.Count >= option.Count || (shared && option.Candidates.Count > 0);
        if (!enough)
            option.Impossible = TooFew(option, matching, taken, small, tainted, taint);
    }

    private static string TooFew(RequestOption option, int matching, int taken, int small, int tainted, DeviceTaint? taint)
    {
        var wanted = option.All ? "all devices of class" : option.Count == 1 ? "a device of class" : string.Create(CultureInfo.InvariantCulture, $"{option.Count} devices of class");
        var parts = new List<string>();
        if (taken > 0)
            parts.Add($"{taken} in use");
        if (small > 0)
            parts.Add($"{small} too small");
        if (taint is not null)
            parts.Add($"{tainted} tainted {taint.Key}{(taint.Value.Length > 0 ? "=" + taint.Value : "")}:{taint.Effect}");
        var found = matching == 0 ? "none matches" : string.Create(CultureInfo.InvariantCulture, $"{matching} {(matching == 1 ? "matches" : "match")}");
        return $"{wanted} {option.Class.Metadata.Name} wanted, {found}{(parts.Count > 0 ? ", of them " + string.Join(", ", parts) : "")}";
    }

    private static bool Chosen(ApiList<DeviceSelector> selectors, PooledDevice device, Func<string, PooledDevice, bool> matches)
    {
        foreach (var selector in selectors)
        {
            if (selector.Cel is not { } cel || !matches(cel.Expression, device))
                return false;
        }

        return true;
    }
}

using System.Net;
using Berth.Instance;
using Berth.Network;

namespace Berth.Up;

/// <summary>Sees that the ranges of pods and services are not in use on the machine already, by another Berth or by the network that it is on.</summary>
internal static class AddressRanges
{
    // Routes of a higher mark than ours in other tables are no concern: pods' packets are routed by the main table.
    private const string OurRoutes = " proto 88";

    /// <exception cref="UserErrorException">One is.</exception>
    public static async Task RequireFreeAsync(NodeNetworkOptions network, IHostNetwork host, CancellationToken ct)
    {
        var routes = await host.RunAsync("ip", ["-4", "route", "show", "table", "main"], cancellation: ct);
        foreach (var line in routes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var device = Array.IndexOf(words, "dev") is var at and >= 0 && at + 1 < words.Length ? words[at + 1] : "";
            if (!IPNetwork.TryParse(words[0].Contains('/', StringComparison.Ordinal) ? words[0] : words[0] + "/32", out var route)
                || device == network.Bridge || device == network.Tunnel || line.Contains(OurRoutes, StringComparison.Ordinal))
                continue;
            Check("--pod-cidr", network.PodNetwork, route, device);
            Check("--service-cidr", network.ServiceNetwork, route, device);
        }
    }

    private static void Check(string option, IPNetwork range, IPNetwork route, string device)
    {
        // The default route is everywhere; a wider one is only a way out.
        if (route.PrefixLength == 0 || (!range.Contains(route.BaseAddress) && !route.Contains(range.BaseAddress)))
            return;
        var remedy = device.StartsWith("berth", StringComparison.Ordinal)
            ? $"another berth of this machine uses it (see: ip route show dev {device}); end it with berth down --purge, or give this one another range with {option}"
            : $"choose another range with {option}";
        throw new UserErrorException($"the range {range} of {option} overlaps {route}, which this machine reaches by its interface {device}", remedy);
    }
}

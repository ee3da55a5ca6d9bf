using System.Net;
using System.Net.Sockets;
using Berth.Instance;
using Berth.Network;
using Berth.Resources.Addresses;

namespace Berth.Up;

/// <summary>Sees that the ranges of pods and services are not in use on the machine already, by another Berth or by the network that it is on.</summary>
internal static class AddressRanges
{
    // Routes of a higher mark than ours in other tables are no concern: pods' packets are routed by the main table.
    private const string OurRoutes = " proto 88";

    /// <exception cref="UserErrorException">One is.</exception>
    public static async Task RequireFreeAsync(NodeNetworkOptions network, IHostNetwork host, CancellationToken ct)
    {
        foreach (var family in network.PodNetwork.Families)
            await RequireFreeAsync(network, family, host, ct);
    }

    private static async Task RequireFreeAsync(NodeNetworkOptions network, AddressFamily family, IHostNetwork host, CancellationToken ct)
    {
        var (option, whole) = family == AddressFamily.InterNetworkV6 ? ("-6", "/128") : ("-4", "/32");
        var routes = await host.RunAsync("ip", [option, "route", "show", "table", "main"], cancellation: ct);
        foreach (var line in routes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var device = Array.IndexOf(words, "dev") is var at and >= 0 && at + 1 < words.Length ? words[at + 1] : "";
            if (!IPNetwork.TryParse(words[0].Contains('/', StringComparison.Ordinal) ? words[0] : words[0] + whole, out var route)
                || device == network.Bridge || device == network.Tunnel || line.Contains(OurRoutes, StringComparison.Ordinal))
                continue;
            Check("--pod-cidr", network.PodNetwork, route, device);
            Check("--service-cidr", network.ServiceNetwork, route, device);
        }
    }

    private static void Check(string option, IpRanges ranges, IPNetwork route, string device)
    {
        var range = ranges.Of(route.BaseAddress.AddressFamily)!.Value;
        // The default route is everywhere; a wider one is only a way out.
        if (route.PrefixLength == 0 || (!range.Contains(route.BaseAddress) && !route.Contains(range.BaseAddress)))
            return;
        var remedy = device.StartsWith("berth", StringComparison.Ordinal)
            ? $"another berth of this machine uses it (see: ip route show dev {device}); end it with berth down --purge, or give this one another range with {option}"
            : $"choose another range with {option}";
        throw new UserErrorException($"the range {range} of {option} overlaps {route}, which this machine reaches by its interface {device}", remedy);
    }
}

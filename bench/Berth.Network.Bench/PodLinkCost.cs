using System.Diagnostics;
using Berth.Linux.Netlink;
using Berth.Network.Tests.Lab;

namespace Berth.Network.Bench;

/// <summary>What each pod's start pays for large packets, on a node that is full: all links are listed, and both ends of one are set.</summary>
internal static class PodLinkCost
{
    private const int OtherPods = 110;
    private const int Runs = 41;

    public static async Task RunAsync(Report report)
    {
        await using var lab = await NodeLab.CreateAsync();
        await using var elsewhere = await NetworkNamespace.CreateAsync("bench-pods");
        var commands = Enumerable.Range(0, OtherPods).Select(i => $"link add pod{i} master berth0 type veth peer name eth{i} netns {elsewhere.Name}\nlink set pod{i} up\n");
        await lab.Node.RunAsync("ip", ["-batch", "-"], string.Concat(commands));
        await lab.Links.EnsureAsync(CancellationToken.None);

        using var netlink = lab.Node.Open(RouteNetlink.Open);
        var pod = netlink.Links().Single(l => l.Name == "veth0");
        List<double> took = [], asked = [];
        for (var i = 0; i < Runs; i++)
        {
            netlink.SetSizes(pod.Index, 65536, 65536);
            var clock = Stopwatch.GetTimestamp();
            await lab.Links.EnsureAsync(CancellationToken.None);
            took.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
            clock = Stopwatch.GetTimestamp();
            _ = netlink.Links();
            asked.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
        }

        took.Sort();
        asked.Sort();
        report.Note($"a pod's link set up for large packets, with {OtherPods} other pods", took[Runs / 2], "ms");
        report.Note("  of the median: the list of links", asked[Runs / 2], "ms");
    }
}

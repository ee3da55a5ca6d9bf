using System.Net;
using Berth.Controllers.NodeRanges;

namespace Berth.Controllers.Tests.NodeRanges;

public sealed class NodeRangePlanTests
{
    [Theory]
    [InlineData("fd42::/56", 256, "fd42:0:0:1::/64")]
    [InlineData("fd42::/48", 65536, "fd42:0:0:1::/64")]
    [InlineData("fd42::/32", 65536, "fd42:0:1::/48")]
    [InlineData("fd42::/112", 256, "fd42::100/120")]
    public void Range_OfIpv6_IsDividedIntoLinks(string cluster, int count, string second)
    {
        var plan = new NodeRangePlan(IPNetwork.Parse(cluster));
        Assert.Equal(second, plan[1].ToString());
        Assert.Equal(count, plan.Count);
        Assert.Equal(plan[1], plan.Free([plan[0], IPNetwork.Parse("10.42.0.0/24")]));
    }

    [Fact]
    public void Plan_OfALargeRange_GivesEachNode254Addresses()
    {
        var plan = new NodeRangePlan(IPNetwork.Parse("10.42.0.0/16"));
        Assert.Equal(256, plan.Count);
        Assert.Equal(IPNetwork.Parse("10.42.0.0/24"), plan[0]);
        Assert.Equal(IPNetwork.Parse("10.42.255.0/24"), plan[255]);
    }

    [Fact]
    public void Plan_OfASmallRange_IsOneNodes()
    {
        var plan = new NodeRangePlan(IPNetwork.Parse("10.42.0.0/26"));
        Assert.Equal(1, plan.Count);
        Assert.Equal(IPNetwork.Parse("10.42.0.0/26"), plan[0]);
        Assert.Null(plan.Free([plan[0]]));
    }

    [Theory]
    [InlineData("", "10.42.0.0/24")]
    [InlineData("10.42.0.0/24 10.42.2.0/24", "10.42.1.0/24")]
    [InlineData("10.42.0.0/23", "10.42.2.0/24")]
    [InlineData("10.42.0.128/25 192.0.2.0/24 fd00::/64", "10.42.1.0/24")]
    [InlineData("10.0.0.0/8", null)]
    public void Free_BesideThoseTaken_MeetsNone(string taken, string? free) =>
        Assert.Equal(
            free is null ? null : IPNetwork.Parse(free),
            new NodeRangePlan(IPNetwork.Parse("10.42.0.0/16")).Free(taken.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPNetwork.Parse)));

    [Fact]
    public void Free_TakenOneByOne_GivesAllAndEachOnce()
    {
        var plan = new NodeRangePlan(IPNetwork.Parse("10.42.0.0/20"));
        var given = new List<IPNetwork>();
        while (plan.Free(given) is { } range)
            given.Add(range);
        Assert.Equal(16, given.Distinct().Count());
        Assert.Equal(16, given.Count);
    }
}

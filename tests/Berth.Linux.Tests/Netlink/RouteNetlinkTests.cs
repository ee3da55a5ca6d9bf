using Berth.Linux.Netlink;

namespace Berth.Linux.Tests.Netlink;

public sealed class RouteNetlinkTests
{
    [Fact]
    public void Links_OfThisNamespace_AreThoseOfTheSystem()
    {
        using var netlink = RouteNetlink.Open();
        var links = netlink.Links();
        Assert.True(Assert.Single(links, l => l.Name == "lo").IsLoopback);
        foreach (var link in links.Where(l => Directory.Exists($"/sys/class/net/{l.Name}")))
            Assert.Equal(File.ReadAllText($"/sys/class/net/{link.Name}/ifindex").Trim(), $"{link.Index}");
    }

    [Fact]
    public void NamespaceIdOf_WhatIsNone_IsNull()
    {
        using var netlink = RouteNetlink.Open();
        Assert.Null(netlink.NamespaceIdOf("/etc/hostname"));
        Assert.Null(netlink.NamespaceIdOf("/no/such/file"));
    }

    [Fact]
    public void SetSizes_OfALinkThatIsNot_SaysTheKernelsAnswer()
    {
        Root.Require();
        using var netlink = RouteNetlink.Open();
        Assert.Throws<LinuxException>(() => netlink.SetSizes(int.MaxValue, 65536));
    }
}

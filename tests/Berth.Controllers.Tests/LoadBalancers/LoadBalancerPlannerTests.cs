using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Controllers.LoadBalancers;

namespace Berth.Controllers.Tests.LoadBalancers;

public sealed class LoadBalancerPlannerTests
{
    private static readonly Node[] s_nodes = [NodeAt("a", "192.0.2.1"), NodeAt("b", "192.0.2.2"), NodeAt("c", "192.0.2.3", ready: false)];

    [Fact]
    public void Pool_ManyServices_EachHasAnAddressOfItsOwnUntilThereAreNone()
    {
        var pool = AddressPool.Parse("198.51.100.10-198.51.100.12", out var problems);
        Assert.Empty(problems);
        List<Service> services = [];
        for (var i = 0; i < 3; i++)
            services.Add(With(Balanced($"s{i}"), LoadBalancerPlanner.Plan(Balanced($"s{i}"), pool, services, s_nodes, [])));
        Assert.Equal(["198.51.100.10", "198.51.100.11", "198.51.100.12"], services.Select(s => s.Status.LoadBalancer.Ingress[0].Ip));
        var last = LoadBalancerPlanner.Plan(Balanced("s3"), pool, services, s_nodes, []);
        Assert.Empty(last.Ingress);
        Assert.Equal("the pool has no free IPv4 address", last.Problem);
        // A second look changes nothing.
        Assert.All(services, s => Assert.Equal(s.Status.LoadBalancer.Ingress, LoadBalancerPlanner.Plan(s, pool, services, s_nodes, []).Ingress));
    }

    [Fact]
    public void Pool_AskedAddress_IsGivenToOneAlone()
    {
        var pool = AddressPool.Parse("198.51.100.0/28", out _);
        var asks = Balanced("a") with { Spec = Balanced("a").Spec with { LoadBalancerIP = "198.51.100.7" } };
        var has = With(asks, LoadBalancerPlanner.Plan(asks, pool, [asks], s_nodes, []));
        Assert.Equal("198.51.100.7", has.Status.LoadBalancer.Ingress[0].Ip);
        var other = Balanced("b") with { Spec = asks.Spec };
        Assert.Contains("belongs to another Service", LoadBalancerPlanner.Plan(other, pool, [has, other], s_nodes, []).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_WithoutAPool_AreTheAddressesOfTheReadyOnes()
    {
        var service = Balanced("web");
        var plan = LoadBalancerPlanner.Plan(service, AddressPool.Empty, [service], s_nodes, []);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], plan.Ingress.Select(i => i.Ip));
        Assert.All(plan.Ingress, i => Assert.Equal("VIP", i.IpMode));
    }

    [Fact]
    public void Nodes_PolicyLocal_AreThoseWithAnEndpoint()
    {
        var service = Balanced("web") with { Spec = Balanced("web").Spec with { ExternalTrafficPolicy = "Local" } };
        var slice = new EndpointSlice { Endpoints = [new() { Addresses = ["10.0.0.1"], NodeName = "b", Conditions = new() { Ready = true } }] };
        Assert.Equal("192.0.2.2", Assert.Single(LoadBalancerPlanner.Plan(service, AddressPool.Empty, [service], s_nodes, [slice]).Ingress).Ip);
    }

    [Fact]
    public void Nodes_PortIsTaken_TheOlderHasItAndTheOtherIsTold()
    {
        var older = Balanced("z", createdAt: 1);
        var newer = Balanced("a", createdAt: 2);
        Assert.Empty(LoadBalancerPlanner.Plan(older, AddressPool.Empty, [older, newer], s_nodes, []).Problem);
        Assert.Equal("port 80/TCP of the nodes serves default/z already", LoadBalancerPlanner.Plan(newer, AddressPool.Empty, [older, newer], s_nodes, []).Problem);
    }

    [Theory]
    [InlineData("10.0.0.0/30", "10.0.0.1", "10.0.0.2")]
    [InlineData("10.0.0.0/31", "10.0.0.0", "10.0.0.1")]
    [InlineData("10.0.0.9", "10.0.0.9", "10.0.0.9")]
    [InlineData("2001:db8::/126", "2001:db8::", "2001:db8::3")]
    public void Pool_Text_HoldsItsEndsAndNothingBeyond(string text, string first, string last)
    {
        var pool = AddressPool.Parse(text, out var problems);
        Assert.Empty(problems);
        var family = IPAddress.Parse(first).AddressFamily;
        var taken = new HashSet<IPAddress>();
        while (pool.Next(family, taken) is { } address)
            taken.Add(address);
        Assert.Contains(IPAddress.Parse(first), taken);
        Assert.Contains(IPAddress.Parse(last), taken);
        Assert.All(taken, a => Assert.True(pool.Contains(a)));
        Assert.Null(pool.Next(family == AddressFamily.InterNetwork ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, taken));
    }

    [Theory]
    [InlineData("10.0.0.9-10.0.0.1")]
    [InlineData("10.0.0.1-2001:db8::1")]
    [InlineData("many")]
    public void Pool_BadText_IsNamed(string text)
    {
        var pool = AddressPool.Parse($"{text}, 10.1.1.1", out var problems);
        Assert.Contains(text, Assert.Single(problems), StringComparison.Ordinal);
        Assert.True(pool.Contains(IPAddress.Parse("10.1.1.1")));
    }

    private static Service Balanced(string name, int createdAt = 0) => new()
    {
        Metadata = new() { Namespace = "default", Name = name, CreationTimestamp = Given.Now.AddSeconds(createdAt) },
        Spec = new() { Type = "LoadBalancer", IpFamilies = ["IPv4"], Ports = [new() { Port = 80, Protocol = "TCP" }] },
    };

    private static Service With(Service service, LoadBalancerPlan plan) => service with { Status = new() { LoadBalancer = new() { Ingress = plan.Ingress } } };

    private static Node NodeAt(string name, string address, bool ready = true) => new()
    {
        Metadata = new() { Name = name },
        Status = new() { Addresses = [new() { Type = "InternalIP", Address = address }], Conditions = [new() { Type = "Ready", Status = ready ? "True" : "False" }] },
    };
}

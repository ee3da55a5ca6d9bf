using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Controllers.Endpoints;
using CoreEndpoints = Berth.Api.Core.V1.Endpoints;
using CorePort = Berth.Api.Core.V1.EndpointPort;

namespace Berth.Controllers.Tests.Endpoints;

public sealed class MirrorPlannerTests
{
    [Fact]
    public void Plan_HandWrittenEndpoints_HaveSlicesByFamilyAndPorts()
    {
        var endpoints = With(Subset(80, ["10.0.0.2", "10.0.0.1", "fd00::1"], ["10.0.0.3"]), Subset(90, ["10.0.0.1"], []));
        var plan = MirrorPlanner.Plan(endpoints, [], out var invalid, out var skipped);
        Assert.Equal((0, 0), (invalid, skipped));
        Assert.Equal(["IPv4 80 10.0.0.1+ 10.0.0.2+ 10.0.0.3-", "IPv4 90 10.0.0.1+", "IPv6 80 fd00::1+"], plan.Create.Select(Show).Order(StringComparer.Ordinal));
        var labels = plan.Create[0].Metadata.Labels;
        Assert.Equal(("db", MirrorPlanner.Manager, "x"), (labels["kubernetes.io/service-name"], labels["endpointslice.kubernetes.io/managed-by"], labels["mine"]));
        Assert.Equal(["keep"], plan.Create[0].Metadata.Annotations.Keys);
        Assert.Equal("Endpoints", Assert.Single(plan.Create[0].Metadata.OwnerReferences).Kind);
    }

    [Fact]
    public void Plan_Twice_ChangesNothing_AndFollowsChanges()
    {
        var endpoints = With(Subset(80, ["10.0.0.1"], []));
        var slices = MirrorPlanner.Plan(endpoints, [], out _, out _).Create;
        Assert.True(MirrorPlanner.Plan(endpoints, slices, out _, out _).IsEmpty);
        Assert.Equal("IPv4 80 10.0.0.9+", Show(Assert.Single(MirrorPlanner.Plan(With(Subset(80, ["10.0.0.9"], [])), slices, out _, out _).Update)));
        Assert.Single(MirrorPlanner.Plan(With(), slices, out _, out _).Delete);
    }

    [Fact]
    public void Plan_AddressesThatCannotBeMirrored_AreCounted()
    {
        var plan = MirrorPlanner.Plan(With(Subset(80, [.. Enumerable.Range(0, 1003).Select(i => $"10.0.{i >> 8}.{i & 255}"), "nonsense"], [])), [], out var invalid, out var skipped);
        Assert.Equal((1, 3, 1000), (invalid, skipped, plan.Create.Single().Endpoints.Count));
    }

    [Fact]
    public void IsMirrored_LocksAndThoseThatDecline_AreNot()
    {
        Assert.True(MirrorPlanner.IsMirrored(With()));
        Assert.False(MirrorPlanner.IsMirrored(new CoreEndpoints { Metadata = new() { Labels = ApiMap.Of(("endpointslice.kubernetes.io/skip-mirror", "true")) } }));
        Assert.False(MirrorPlanner.IsMirrored(new CoreEndpoints { Metadata = new() { Annotations = ApiMap.Of(("control-plane.alpha.kubernetes.io/leader", "{}")) } }));
    }

    private static string Show(EndpointSlice slice) =>
        $"{slice.AddressType} {slice.Ports[0].Port} {string.Join(' ', slice.Endpoints.Select(e => e.Addresses[0] + (e.Conditions.Ready == true ? "+" : "-")))}";

    private static CoreEndpoints With(params EndpointSubset[] subsets) => new()
    {
        Metadata = new()
        {
            Name = "db",
            Namespace = "default",
            Uid = "e",
            Labels = ApiMap.Of(("mine", "x")),
            Annotations = ApiMap.Of(("keep", "1"), ("kubectl.kubernetes.io/last-applied-configuration", "{}")),
        },
        Subsets = subsets.ToApiList(),
    };

    private static EndpointSubset Subset(int port, string[] ready, string[] notReady) => new()
    {
        Addresses = ready.Select(ip => new EndpointAddress { Ip = ip }).ToApiList(),
        NotReadyAddresses = notReady.Select(ip => new EndpointAddress { Ip = ip }).ToApiList(),
        Ports = [new CorePort { Name = "p", Port = port, Protocol = "TCP" }],
    };
}

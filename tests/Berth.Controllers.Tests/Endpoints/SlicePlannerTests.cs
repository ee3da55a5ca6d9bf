using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Controllers.Endpoints;

namespace Berth.Controllers.Tests.Endpoints;

public sealed class SlicePlannerTests
{
    private static readonly Service s_service = new()
    {
        Metadata = new() { Name = "web", Namespace = "default", Uid = "svc" },
        Spec = new ServiceSpec { ClusterIP = "10.0.0.1", Selector = ApiMap.Of(("app", "web")), Ports = [new ServicePort { Name = "http", Port = 80, TargetPort = 8080, Protocol = "TCP" }] },
    };

    [Fact]
    public void Plan_PodsComeAndGo_EveryPodIsInOneSliceAndASecondPlanIsEmpty()
    {
        const int seed = 20260301;
        var random = new Random(seed);
        var slices = new List<EndpointSlice>();
        var pods = new List<Pod>();
        var made = 0;
        for (var round = 0; round < 60; round++)
        {
            for (var i = random.Next(120); i > 0; i--)
                pods.Add(PodAt(made++, random.Next(4) > 0));
            pods.RemoveAll(_ => random.Next(4) == 0);
            for (var i = 0; i < pods.Count; i++)
            {
                if (random.Next(10) == 0)
                    pods[i] = Ready(pods[i], random.Next(2) == 0);
            }

            Apply(slices, SlicePlanner.Plan(s_service, pods, slices, _ => null), ref made);
            var endpoints = slices.SelectMany(s => s.Endpoints).ToList();
            Assert.Equal(pods.Select(p => p.Metadata.Uid).Order(StringComparer.Ordinal), endpoints.Select(e => e.TargetRef!.Uid).Order(StringComparer.Ordinal));
            Assert.All(endpoints, e => Assert.Equal(ServicePods.IsReady(pods.Single(p => p.Metadata.Uid == e.TargetRef!.Uid)), e.Conditions.Ready == true));
            Assert.All(slices, s => Assert.InRange(s.Endpoints.Count, 0, SlicePlanner.EndpointsMax));
            Assert.True(SlicePlanner.Plan(s_service, pods, slices, _ => null).IsEmpty, $"seed {seed}, round {round}");
        }
    }

    [Theory]
    [InlineData("PreferSameZone", "a", null)]
    [InlineData("PreferClose", "a", null)]
    [InlineData("PreferSameNode", "a", "node-1")]
    [InlineData(null, null, null)]
    public void Plan_TrafficDistribution_BecomesHintsOfReadyEndpoints(string? distribution, string? zone, string? node)
    {
        var service = s_service with { Spec = s_service.Spec with { TrafficDistribution = distribution } };
        var home = new Node { Metadata = new() { Name = "node-1", Labels = ApiMap.Of(("topology.kubernetes.io/zone", "a")) } };
        var slices = new List<EndpointSlice>();
        var made = 0;
        Apply(slices, SlicePlanner.Plan(service, [PodAt(0, ready: true), PodAt(1, ready: false)], slices, _ => home), ref made);
        var endpoints = Assert.Single(slices).Endpoints;
        var ready = Assert.Single(endpoints, e => e.Conditions.Ready == true);
        Assert.Equal(zone, ready.Hints?.ForZones.FirstOrDefault()?.Name);
        Assert.Equal(node is null ? null : ready.NodeName, ready.Hints?.ForNodes.FirstOrDefault()?.Name);
        Assert.Null(Assert.Single(endpoints, e => e.Conditions.Ready != true).Hints);
    }

    [Fact]
    public void Plan_NoPods_LeavesOneEmptySlice()
    {
        var slices = new List<EndpointSlice>();
        var made = 0;
        Apply(slices, SlicePlanner.Plan(s_service, [], slices, _ => null), ref made);
        Assert.Empty(Assert.Single(slices).Endpoints);
        Assert.True(SlicePlanner.Plan(s_service, [], slices, _ => null).IsEmpty);
    }

    [Fact]
    public void Plan_OnePodChanges_WritesOneSlice()
    {
        var slices = new List<EndpointSlice>();
        var made = 0;
        var pods = Enumerable.Range(0, 250).Select(i => PodAt(i, ready: true)).ToList();
        Apply(slices, SlicePlanner.Plan(s_service, pods, slices, _ => null), ref made);
        Assert.Equal([100, 100, 50], slices.Select(s => s.Endpoints.Count).OrderDescending());
        pods[7] = Ready(pods[7], ready: false);
        var plan = SlicePlanner.Plan(s_service, pods, slices, _ => null);
        Assert.Equal((0, 1, 0), (plan.Create.Count, plan.Update.Count, plan.Delete.Count));
    }

    [Fact]
    public void Plan_TwoFamilies_HaveSlicesOfTheirOwn()
    {
        var service = s_service with { Spec = s_service.Spec with { IpFamilies = ["IPv4", "IPv6"] } };
        var pod = PodAt(1, ready: true);
        pod = pod with { Status = pod.Status with { PodIPs = [new PodIP { Ip = "10.1.0.1" }, new PodIP { Ip = "fd00::1" }] } };
        var plan = SlicePlanner.Plan(service, [pod], [], _ => null);
        Assert.Equal([("IPv4", "10.1.0.1"), ("IPv6", "fd00::1")], plan.Create.Select(s => (s.AddressType, s.Endpoints[0].Addresses[0])).Order());
    }

    [Fact]
    public void Plan_TerminatingPod_ServesButIsNotReady()
    {
        var pod = PodAt(1, ready: true);
        pod = pod with { Metadata = pod.Metadata with { DeletionTimestamp = Given.Now } };
        var endpoint = SlicePlanner.Plan(s_service, [pod], [], _ => null).Create.Single().Endpoints.Single();
        Assert.Equal((false, true, true), (endpoint.Conditions.Ready == true, endpoint.Conditions.Serving == true, endpoint.Conditions.Terminating == true));
    }

    [Fact]
    public void Plan_NamedPortsThatDiffer_AreInSlicesOfTheirOwn()
    {
        var service = s_service with { Spec = s_service.Spec with { Ports = [new ServicePort { Name = "http", Port = 80, TargetPort = "web" }] } };
        Pod[] pods = [WithPort(PodAt(1, true), 8080), WithPort(PodAt(2, true), 9090)];
        Assert.Equal([8080, 9090], SlicePlanner.Plan(service, pods, [], _ => null).Create.Select(s => s.Ports[0].Port!.Value).Order());
    }

    [Fact]
    public void Endpoints_ReadyAndNotReady_AreTogetherByPorts()
    {
        Pod[] pods = [PodAt(1, ready: true), PodAt(2, ready: false)];
        var endpoints = EndpointsPlanner.Plan(s_service, pods, null);
        var subset = Assert.Single(endpoints.Subsets);
        Assert.Equal(["10.1.0.1"], subset.Addresses.Select(a => a.Ip));
        Assert.Equal(["10.1.0.2"], subset.NotReadyAddresses.Select(a => a.Ip));
        Assert.Equal(8080, Assert.Single(subset.Ports).Port);
        Assert.Equal(endpoints, EndpointsPlanner.Plan(s_service, pods, endpoints));
    }

    [Fact]
    public void Endpoints_MoreThanAThousand_AreCutOffAndSaySo()
    {
        var pods = Enumerable.Range(0, 1001).Select(i => PodAt(i, ready: true)).ToList();
        var endpoints = EndpointsPlanner.Plan(s_service, pods, null);
        Assert.Equal(1000, endpoints.Subsets.Sum(s => s.Addresses.Count));
        Assert.Equal("truncated", endpoints.Metadata.Annotations["endpoints.kubernetes.io/over-capacity"]);
    }

    private static Pod PodAt(int number, bool ready)
    {
        var pod = Given.Pod($"pod-{number}", ready: ready);
        return pod with { Status = pod.Status with { PodIP = $"10.{1 + (number >> 16)}.{(number >> 8) & 255}.{number & 255}" } };
    }

    private static Pod Ready(Pod pod, bool ready) =>
        pod with { Status = pod.Status with { Conditions = [new PodCondition { Type = "Ready", Status = ready ? "True" : "False" }] } };

    private static Pod WithPort(Pod pod, int port) =>
        pod with { Spec = pod.Spec with { Containers = pod.Spec.Containers.Map(c => c with { Ports = [new ContainerPort { Name = "web", ContainerPortValue = port, Protocol = "TCP" }] }) } };

    private static void Apply(List<EndpointSlice> slices, SlicePlan plan, ref int names)
    {
        slices.RemoveAll(s => plan.Delete.Any(d => d.Metadata.Name == s.Metadata.Name));
        foreach (var update in plan.Update)
            slices[slices.FindIndex(s => s.Metadata.Name == update.Metadata.Name)] = update;
        foreach (var create in plan.Create)
            slices.Add(create with { Metadata = create.Metadata with { Name = $"web-{names++}" } });
    }
}

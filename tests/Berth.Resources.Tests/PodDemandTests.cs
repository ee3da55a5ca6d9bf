using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Demand;

namespace Berth.Resources.Tests;

public class PodDemandTests
{
    [Fact]
    public void Requests_InitContainersAndSidecars_FollowKubernetesRules()
    {
        var pod = new Pod
        {
            Spec = new()
            {
                InitContainers =
                [
                    Container("init-1", "3"),
                    Container("sidecar", "1") with { RestartPolicy = "Always" },
                    Container("init-2", "2500m"),
                ],
                Containers = [Container("a", "1"), Container("b", "500m")],
                Overhead = Amounts(("cpu", "100m")),
            },
        };

        // Running: 1.5 + 1 = 2.5. Initialising: max(3, 1, 1 + 2.5) = 3.5. Overhead 0.1 on top.
        Assert.Equal(3600, PodDemand.Requests(pod).Cpu);
    }

    [Fact]
    public void Requests_NearTheLimit_DoNotWrap()
    {
        var pod = new Pod { Spec = new() { Containers = [Memory("a"), Memory("b")] } };
        Assert.Equal(long.MaxValue, PodDemand.Requests(pod).Memory);
    }

    [Fact]
    public void RequestsForScoring_ContainerWithoutRequests_CountsADefault()
    {
        var demand = PodDemand.RequestsForScoring(new Pod { Spec = new() { Containers = [new() { Name = "a" }] } });
        Assert.Equal((100, 200L << 20), (demand.Cpu, demand.Memory));
    }

    private static Container Container(string name, string cpu) => new() { Name = name, Resources = new() { Requests = Amounts(("cpu", cpu)) } };

    private static Container Memory(string name) => new() { Name = name, Resources = new() { Requests = Amounts(("memory", "9223372036854775807")) } };

    private static ApiMap<Quantity> Amounts(params (string Name, string Amount)[] amounts) =>
        amounts.Select(a => KeyValuePair.Create(a.Name, Quantity.Parse(a.Amount))).ToApiMap();
}

using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Allocation;
using Berth.Resources.Cpu;

namespace Berth.Resources.Tests.Allocation;

public sealed class PodNeedsTests
{
    private static readonly NodePolicy s_policy = new() { Cpu = new CpuPolicy { Static = true }, StaticMemory = true };

    [Theory]
    [InlineData("2", "2", "1Gi", "1Gi", 2)]
    [InlineData("2000m", "2", "1Gi", "1Gi", 2)]
    [InlineData("1500m", "1500m", "1Gi", "1Gi", 0)] // not whole
    [InlineData("1", "2", "1Gi", "1Gi", 0)] // burstable
    [InlineData("2", "2", "1Gi", "2Gi", 0)]
    public void Container_GuaranteedAndWhole_GetsItsOwnCpus(string cpuRequest, string cpuLimit, string memoryRequest, string memoryLimit, int expected)
    {
        var needs = PodNeeds.Of(Pod([Container("c", cpuRequest, cpuLimit, memoryRequest, memoryLimit)]), s_policy, new HashSet<string>());

        Assert.Equal(expected, needs.Containers[0].Cpus);
    }

    [Fact]
    public void GuaranteedPod_OneContainerAsksForParts_OnlyTheOtherIsPinned()
    {
        var needs = PodNeeds.Of(Pod([Container("a", "2", "2", "1Gi", "1Gi"), Container("b", "500m", "500m", "1Gi", "1Gi")]), s_policy, new HashSet<string>());

        Assert.Equal([2, 0], needs.Containers.Select(c => c.Cpus));
        Assert.All(needs.Containers, c => Assert.Equal(1L << 30, c.Memory.GetOr("memory")));
    }

    [Fact]
    public void PolicyNone_AnyPod_NeedsNothing() =>
        Assert.True(PodNeeds.Of(Pod([Container("c", "2", "2", "1Gi", "1Gi")]), new NodePolicy(), new HashSet<string>()).IsEmpty);

    [Fact]
    public void InitContainers_OfEitherKind_KeepTheirPhase()
    {
        var pod = Pod([Container("m", "1", "1", "1Gi", "1Gi")]);
        pod = pod with { Spec = pod.Spec with { InitContainers = [Container("i", "2", "2", "1Gi", "1Gi"), Container("s", "1", "1", "1Gi", "1Gi") with { RestartPolicy = "Always" }] } };

        Assert.Equal([ContainerPhase.Init, ContainerPhase.Sidecar, ContainerPhase.Main], PodNeeds.Of(pod, s_policy, new HashSet<string>()).Containers.Select(c => c.Phase));
    }

    [Fact]
    public void Devices_TheNodeKnowsThem_AreCounted()
    {
        var container = Container("c", "1", "1", "1Gi", "1Gi");
        container = container with { Resources = container.Resources with { Limits = container.Resources.Limits.With("vendor.com/nic", Quantity.FromUnits(2)).With("else.com/x", Quantity.FromUnits(1)) } };

        var devices = PodNeeds.Of(Pod([container]), s_policy, new HashSet<string> { "vendor.com/nic" }).Containers[0].Devices;

        Assert.Equal("vendor.com/nic", Assert.Single(devices).Resource);
        Assert.Equal(2, devices[0].Count);
    }

    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 0)]
    public void PodLevelResources_NodeLooksAtWholePods_AreTheFrameOfTheContainers(bool podScope, int expected)
    {
        var pod = Pod([Container("own", "2", "2", "1Gi", "1Gi"), new Container { Name = "rest" }]);
        pod = pod with { Spec = pod.Spec with { Resources = Container("", "4", "4", "2Gi", "2Gi").Resources } };

        var needs = PodNeeds.Of(pod, s_policy with { PodScope = podScope }, new HashSet<string>());

        Assert.Equal(expected, needs.PodCpus);
        Assert.Equal([2, 0], needs.Containers.Select(c => c.Cpus));
    }

    private static Pod Pod(ApiList<Container> containers) => new() { Metadata = new() { Name = "p", Uid = "u" }, Spec = new() { Containers = containers } };

    private static Container Container(string name, string cpuRequest, string cpuLimit, string memoryRequest, string memoryLimit) => new()
    {
        Name = name,
        Resources = new()
        {
            Requests = ApiMap<Quantity>.Empty.With("cpu", Quantity.Parse(cpuRequest)).With("memory", Quantity.Parse(memoryRequest)),
            Limits = ApiMap<Quantity>.Empty.With("cpu", Quantity.Parse(cpuLimit)).With("memory", Quantity.Parse(memoryLimit)),
        },
    };
}

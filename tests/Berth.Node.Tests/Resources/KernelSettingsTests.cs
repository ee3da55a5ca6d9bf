using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Linux.Cgroups;
using Berth.Node.Cri.V1;
using Berth.Node.Lifecycle;
using Berth.Node.PodSync;
using Berth.Node.Resources;
using Berth.Resources.Topology;
using Container = Berth.Api.Core.V1.Container;

namespace Berth.Node.Tests.Resources;

public sealed class KernelSettingsTests
{
    private const long Mebi = 1 << 20;

    private static readonly CgroupHierarchy s_unified = new(CgroupMode.V2, new Dictionary<string, string>(), []);
    private static readonly CgroupHierarchy s_v1 = new(CgroupMode.V1, new Dictionary<string, string>(), []);

    [Theory]
    [InlineData("100m", "200Mi", null, "1000m", 0)] // Burstable without a limit: 200 of 2000 Mi of memory, a tenth of the swap
    [InlineData("100m", "200Mi", "200Mi", "1000m", 0)] // asked for exactly that much
    public void Swap_Limited_IsSharedInProportionToRequests(string cpu, string memory, string? limit, string cpuLimit, int priority)
    {
        var pod = Pod(Amounts(cpu, memory), limit is null ? Amounts(cpuLimit, null) : Amounts(cpuLimit, limit), priority);
        var files = Files(new NodeConfiguration { LimitedSwap = true }, pod, swap: 1000 * Mebi);

        Assert.Equal(limit is null ? 100 * Mebi : 0, files["memory.swap.max"]);
        Assert.Equal(0, Files(NodeConfiguration.Default, pod, swap: 1000 * Mebi)["memory.swap.max"]);
        Assert.DoesNotContain("memory.swap.max", Files(NodeConfiguration.Default, pod, swap: 0));
    }

    [Fact]
    public void MemoryQos_OfABurstableContainer_ProtectsTheRequestAndSlowsDownBelowTheLimit()
    {
        var configuration = new NodeConfiguration { MemoryQos = true, TieredReservation = true };
        var files = Files(configuration, Pod(Amounts("100m", "100Mi"), Amounts("1", "200Mi")));
        Assert.Equal((100 * Mebi, 190 * Mebi), (files["memory.low"], files["memory.high"]));

        var guaranteed = Files(configuration, Pod(Amounts("1", "100Mi"), Amounts("1", "100Mi")));
        Assert.Equal(100 * Mebi, guaranteed["memory.min"]);
        Assert.DoesNotContain("memory.high", guaranteed);
        Assert.DoesNotContain("memory.min", Files(configuration with { TieredReservation = false }, Pod(Amounts("1", "100Mi"), Amounts("1", "100Mi"))));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void OutOfMemory_KillsTheContainerUnlessOneProcessIsAskedFor(bool? single, bool group) =>
        Assert.Equal(group, Files(new NodeConfiguration { SingleProcessOomKill = single }, Pod(Amounts("1", "100Mi"), Amounts("1", "100Mi"))).ContainsKey("memory.oom.group"));

    [Fact]
    public async Task Annotations_OfOneContainer_BecomeItsFilesAndNobodyElses()
    {
        var pod = Annotated(("berth.dev/cpu-burst", "main=20ms"), ("berth.dev/cpu-weight", "300"));
        var settings = Settings(s_unified);
        Assert.Null(await settings.AdmitAsync(pod, default));

        var resources = new LinuxContainerResources { CpuQuota = 100_000, CpuShares = 1024 };
        settings.ConfigureUpdate(pod, new PodContainer(pod.Spec.Containers[0], ContainerRole.Main), resources);
        Assert.Equal(("20000", "300"), (resources.Unified["cpu.max.burst"], resources.Unified["cpu.weight"]));

        var idle = Annotated(("berth.dev/cpu-idle", "true"));
        settings.ConfigureUpdate(idle, new PodContainer(idle.Spec.Containers[0], ContainerRole.Main), resources = new() { CpuQuota = 100_000, CpuShares = 1024 });
        Assert.Equal(("1", 0L), (resources.Unified["cpu.idle"], resources.CpuShares));
    }

    [Theory]
    [InlineData("berth.dev/cpu-burst", "fast", "is not a time such as")]
    [InlineData("berth.dev/cpu-burst", "200ms", "is more than the CPU time of one period (100ms by the limit)")]
    [InlineData("berth.dev/cpu-burst", "other=2ms", "the pod has no container other")]
    [InlineData("berth.dev/cpu-weight", "0", "is not a number from 1 to 10000")]
    [InlineData("berth.dev/cpu-idle", "maybe", "is not true or false")]
    [InlineData("berth.dev/rdt-class", "gold", "there is no class \"gold\"")]
    [InlineData("berth.dev/irq-load-balancing", "off", "is not disable or enable")]
    public async Task Annotation_ThatIsWrong_IsRefusedWithWhatWouldBeRight(string key, string value, string words)
    {
        var refusal = await Settings(s_unified, name => name == "silver").AdmitAsync(Annotated((key, value)), default);

        Assert.Equal(KernelSettings.Refused, refusal!.Reason);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Annotations_OnAMachineThatLacksTheMeans_AreRefused()
    {
        Assert.Contains("need cgroup v2", (await Settings(s_v1).AdmitAsync(Annotated(("berth.dev/cpu-idle", "true")), default))!.Message, StringComparison.Ordinal);
        Assert.Contains("has no resctrl", (await Settings(s_unified).AdmitAsync(Annotated(("berth.dev/rdt-class", "gold")), default))!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0-7", "", "2-3", "0-7", "0-1,4-7")] // kept off
    [InlineData("0-7", "2-3", "", "0-1,4-7", "0-7")] // let on again
    [InlineData("0-7", "2-3", "2-5", "0-1,4-7", "0-1,6-7")] // more
    [InlineData("0-7", "", "2-3", "3", "0-1,4-7")] // one that had no other
    [InlineData("0-7", "2-3", "", "0", "0")] // somebody else's choice stays
    public void Interrupts_AreKeptOffAndLetOnAgain(string all, string before, string off, string now, string expected) =>
        Assert.Equal(CpuSet.Parse(expected), InterruptAffinity.Wanted(CpuSet.Parse(all), Set(before), Set(off), CpuSet.Parse(now)));

    private static CpuSet Set(string text) => text.Length == 0 ? CpuSet.Empty : CpuSet.Parse(text);

    private static KernelSettings Settings(CgroupHierarchy hierarchy, Func<string, bool>? classes = null) =>
        new(hierarchy, new MemoryProtection(NodeConfiguration.Default, 2000 * Mebi, 0, () => 2000 * Mebi), new PodCgroups(hierarchy, "/none", TimeProvider.System), () => [], classes);

    private static Dictionary<string, long> Files(NodeConfiguration configuration, Pod pod, long swap = 0) =>
        new(new MemoryProtection(configuration, 2000 * Mebi, swap, () => 2000 * Mebi).OfContainer(pod, pod.Spec.Containers[0]));

    private static Pod Annotated(params (string, string)[] annotations)
    {
        var pod = Pod(Amounts("1", "100Mi"), Amounts("1", "100Mi"));
        return pod with { Metadata = pod.Metadata with { Annotations = ApiMap.Of(annotations) } };
    }

    private static ApiMap<Quantity> Amounts(string cpu, string? memory)
    {
        var amounts = ApiMap<Quantity>.Empty.With("cpu", Quantity.Parse(cpu));
        return memory is null ? amounts : amounts.With("memory", Quantity.Parse(memory));
    }

    private static Pod Pod(ApiMap<Quantity> requests, ApiMap<Quantity> limits, int priority = 0) => new()
    {
        Metadata = new() { Name = "p", Namespace = "default", Uid = "p" },
        Spec = new() { Priority = priority, Containers = [new Container { Name = "main", Resources = new() { Requests = requests, Limits = limits } }] },
    };
}

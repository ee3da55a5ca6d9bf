using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Node.Lifecycle.Eviction;

namespace Berth.Node.Tests.Lifecycle;

public sealed class EvictionTests
{
    private static readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Hard_BelowItsThreshold_IsMetAtOnceAndTheConditionStays()
    {
        var state = new EvictionState(EvictionOptions.Default);

        Assert.Empty(state.Observe(Memory(200 << 20), _start));
        var met = Assert.Single(state.Observe(Memory(99 << 20), _start.AddSeconds(10)));
        Assert.True(met.Hard);
        Assert.Empty(state.Observe(Memory(200 << 20), _start.AddSeconds(20)));
        Assert.True(state.Has("MemoryPressure", _start.AddSeconds(300)));
        Assert.False(state.Has("MemoryPressure", _start.AddSeconds(310)));
        Assert.False(state.Has("DiskPressure", _start.AddSeconds(20)));
    }

    [Fact]
    public void Soft_OnlyOnceItsGraceHasPassed_AndFromTheBeginningAfterARecovery()
    {
        var state = new EvictionState(EvictionOptions.Default with
        {
            Soft = Amounts(("memory.available", "500Mi")),
            SoftGracePeriods = new Dictionary<string, TimeSpan> { ["memory.available"] = TimeSpan.FromSeconds(30) }.ToApiMap(),
        });

        Assert.Empty(state.Observe(Memory(400 << 20), _start));
        Assert.True(state.Has("MemoryPressure", _start));
        Assert.Empty(state.Observe(Memory(400 << 20), _start.AddSeconds(20)));
        Assert.Empty(state.Observe(Memory(600 << 20), _start.AddSeconds(25)));
        Assert.Empty(state.Observe(Memory(400 << 20), _start.AddSeconds(40)));
        Assert.False(Assert.Single(state.Observe(Memory(400 << 20), _start.AddSeconds(70))).Hard);
    }

    [Fact]
    public void MinimumReclaim_OnceBegun_HasToBeFreed()
    {
        var state = new EvictionState(EvictionOptions.Default with { MinimumReclaim = Amounts(("memory.available", "200Mi")) });

        Assert.Empty(state.Observe(Memory(150 << 20), _start));
        Assert.Single(state.Observe(Memory(50 << 20), _start.AddSeconds(10)));
        Assert.Single(state.Observe(Memory(250 << 20), _start.AddSeconds(20)));
        Assert.Empty(state.Observe(Memory(301 << 20), _start.AddSeconds(30)));
        Assert.Empty(state.Observe(Memory(250 << 20), _start.AddSeconds(40)));
    }

    [Fact]
    public void Signals_ThatTheMachineDoesNotCount_AreLeftOut()
    {
        var state = new EvictionState(EvictionOptions.Default);

        Assert.Empty(state.Observe(new Dictionary<string, Reading> { ["nodefs.inodesFree"] = new(0, 0) }, _start));
        Assert.Equal("nodefs.inodesFree", Assert.Single(state.Observe(new Dictionary<string, Reading> { ["nodefs.inodesFree"] = new(4, 100) }, _start)).Signal);
    }

    [Fact]
    public void Order_ForMemory_OverRequestsFirstThenPriorityThenExcess()
    {
        var ordered = EvictionRanking.Order("memory.available",
        [
            Candidate("within", 0, "100Mi", 90), Candidate("important", 100, "10Mi", 500), Candidate("over", 0, "10Mi", 20), Candidate("far-over", 0, "10Mi", 60), Candidate("system", 2_000_000_000, "1Mi", 900),
        ]);

        Assert.Equal(["far-over", "over", "important", "within"], ordered.Select(c => c.Pod.Metadata.Name));
    }

    [Fact]
    public void Order_ForProcesses_PriorityThenNumber()
    {
        var ordered = EvictionRanking.Order("pid.available", [Candidate("few", 0, "1", 3), Candidate("many", 0, "1", 900), Candidate("important", 5, "1", 5000)]);

        Assert.Equal(["many", "few", "important"], ordered.Select(c => c.Pod.Metadata.Name));
    }

    [Fact]
    public void Message_NamesTheThresholdAndWhoTookMore()
    {
        var candidate = Candidate("greedy", 0, "10Mi", 60);
        var met = new MetThreshold("memory.available", EvictionAmount.Parse("100Mi"), true, new Reading(50L << 20, 1L << 30)) { Wanted = 100L << 20 };

        Assert.Equal(
            "The node was low on resource: memory. Threshold quantity: 102400Ki, available: 51200Ki. Container main was using 61440Ki, request is 10Mi, has larger consumption of memory. ",
            EvictionRanking.Message(met, candidate));
    }

    [Fact]
    public void LocalStorage_OverALimit_IsNamed()
    {
        var pod = Candidate("disk", 0, "1Mi", 0).Pod;
        pod = pod with
        {
            Spec = pod.Spec with
            {
                Containers = [pod.Spec.Containers[0] with { Resources = new ResourceRequirements { Limits = new Dictionary<string, Quantity> { ["ephemeral-storage"] = Quantity.Parse("10Mi") }.ToApiMap() } }],
                Volumes = [new Volume { Name = "scratch", EmptyDir = new EmptyDirVolumeSource { SizeLimit = Quantity.Parse("5Mi") } }],
            },
        };

        Assert.Null(LocalStorage.OverLimit(pod, Used(4, 5)));
        Assert.Equal("Usage of EmptyDir volume \"scratch\" exceeds the limit \"5Mi\". ", LocalStorage.OverLimit(pod, Used(1, 6)));
        Assert.Equal("Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. ", LocalStorage.OverLimit(pod, Used(6, 5)));
    }

    [Theory]
    [InlineData("10%", 1000, 100)]
    [InlineData("100Mi", 5, 104857600)]
    public void Amount_Parsed_IsAShareOrAnAmount(string text, long total, long expected) => Assert.Equal(expected, EvictionAmount.Parse(text).Of(total));

    [Theory]
    [InlineData("120%")]
    [InlineData("x%")]
    public void Amount_ThatIsNone_IsRefused(string text) => Assert.Throws<FormatException>(() => EvictionAmount.Parse(text));

    private static LocalStorage.Usage Used(long containerMebibytes, long volumeMebibytes) => new(
        new Dictionary<string, long> { ["main"] = containerMebibytes << 20 }, new Dictionary<string, long> { ["scratch"] = volumeMebibytes << 20 }, 0);

    private static EvictionCandidate Candidate(string name, int priority, string memory, long usedMebibytes) => new(
        new Pod
        {
            Metadata = new ObjectMeta { Name = name, Uid = name },
            Spec = new PodSpec { Priority = priority, Containers = [new Container { Name = "main", Resources = new ResourceRequirements { Requests = new Dictionary<string, Quantity> { ["memory"] = Quantity.Parse(memory) }.ToApiMap() } }] },
        },
        usedMebibytes << 20,
        new Dictionary<string, long> { ["main"] = usedMebibytes << 20 });

    private static Dictionary<string, Reading> Memory(long available) => new() { ["memory.available"] = new Reading(available, 8L << 30) };

    private static ApiMap<EvictionAmount> Amounts(params (string Signal, string Amount)[] amounts) =>
        amounts.Select(a => KeyValuePair.Create(a.Signal, EvictionAmount.Parse(a.Amount))).ToApiMap();
}

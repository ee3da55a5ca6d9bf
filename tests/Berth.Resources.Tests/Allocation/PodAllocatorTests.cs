using Berth.Api;
using Berth.Resources.Allocation;
using Berth.Resources.Cpu;
using Berth.Resources.Devices;
using Berth.Resources.Topology;
using static Berth.Resources.Tests.Allocation.Needs;

namespace Berth.Resources.Tests.Allocation;

public sealed class PodAllocatorTests
{
    private static readonly CpuPolicy s_static = new() { Static = true };

    // Two sockets of one NUMA node each, 4 cores with 2 threads: node 0 has CPUs 0-3 and 8-11, node 1 has 4-7 and 12-15.
    private static readonly NodeTopology s_two = NodeTopology.Uniform(2, 1, 4, 2);

    [Fact]
    public void Container_FitsOneNode_GetsWholeCoresOfTheOneThatFitsBest()
    {
        var shape = new NodeShape(s_two, new NodePolicy { Cpu = s_static, Alignment = AlignmentPolicy.BestEffort, ReservedCpus = CpuSet.Parse("0,8") });

        // Node 0 has 6 left, node 1 has 8: the smaller room serves.
        var got = PodAllocator.Allocate(shape, [], Pod("a", App("c", 4))).Granted();

        Assert.Equal("1-2,9-10", got.Cpus.ToString());
        Assert.True(got.Find("c")!.OwnCpus);
    }

    [Fact]
    public void Pod_FitsBySumButNotByNode_IsRefusedUnderSingleNumaNodeWithTheNumbers()
    {
        var shape = new NodeShape(s_two, new NodePolicy { Cpu = s_static, Alignment = AlignmentPolicy.SingleNumaNode });
        var first = PodAllocator.Allocate(shape, [], Pod("a", App("c", 4))).Granted();
        var second = PodAllocator.Allocate(shape, [first], Pod("b", App("c", 6))).Granted();

        var refusal = PodAllocator.Allocate(shape, [first, second], Pod("c", App("x", 6))).Refused();

        Assert.Equal(Refusal.Topology, PodAllocator.Allocate(shape, [first, second], Pod("c", App("x", 5))).Refused().Reason);
        Assert.Equal(Refusal.Topology, refusal.Reason);
        Assert.True(refusal.Resolvable);
        Assert.Equal("container x needs 6 CPUs on one NUMA node, of which at most 4 are free together (free by NUMA node: 0: 4, 1: 2)", refusal.Message);
    }

    [Fact]
    public void Pod_LargerThanANode_IsRefusedForGoodUnderSingleNumaNodeAndServedUnderRestricted()
    {
        var single = new NodeShape(s_two, new NodePolicy { Cpu = s_static, Alignment = AlignmentPolicy.SingleNumaNode });
        var restricted = new NodeShape(s_two, new NodePolicy { Cpu = s_static, Alignment = AlignmentPolicy.Restricted });

        Assert.False(PodAllocator.Allocate(single, [], Pod("a", App("c", 10))).Refused().Resolvable);
        Assert.Equal(10, PodAllocator.Allocate(restricted, [], Pod("a", App("c", 10))).Granted().Cpus.Count);
    }

    [Fact]
    public void Restricted_WouldFitOneNodeOfTheEmptyMachine_WaitsRatherThanSpread()
    {
        var shape = new NodeShape(s_two, new NodePolicy { Cpu = s_static, Alignment = AlignmentPolicy.Restricted });
        var a = PodAllocator.Allocate(shape, [], Pod("a", App("c", 4))).Granted();
        var b = PodAllocator.Allocate(shape, [a], Pod("b", App("c", 5))).Granted();

        Assert.Equal(Refusal.Topology, PodAllocator.Allocate(shape, [a, b], Pod("c", App("c", 6))).Refused().Reason);
        var bestEffort = new NodeShape(s_two, shape.Policy with { Alignment = AlignmentPolicy.BestEffort });
        Assert.Equal(6, PodAllocator.Allocate(bestEffort, [a, b], Pod("c", App("c", 6))).Granted().Cpus.Count);
    }

    [Theory]
    [InlineData(3, "SMT Alignment Error: requested 3 cpus not multiple cpus per core = 2", false)]
    [InlineData(14, "needs 14 exclusive CPUs of whole cores; 12 are free (of 14, 1 reserved)", true)]
    public void FullCores_PartOfACoreOrTooFewCores_IsRefused(int cpus, string message, bool resolvable)
    {
        // CPU 0 is reserved: its sibling 8 cannot be given either.
        var shape = new NodeShape(s_two, new NodePolicy { Cpu = s_static with { FullCoresOnly = true }, ReservedCpus = CpuSet.Parse("0") });
        var taken = new PodAllocation { PodUid = "other", Cpus = CpuSet.Parse("1") };

        var refusal = PodAllocator.Allocate(shape, [taken], Pod("a", App("c", cpus))).Refused();

        Assert.Equal(new Refusal(Refusal.Smt, message, resolvable), refusal);
    }

    [Fact]
    public void DistributeAcrossNuma_NeedsTwoNodes_TakesHalfOfEach()
    {
        var shape = new NodeShape(s_two, new NodePolicy { Cpu = s_static with { DistributeAcrossNuma = true } });

        var got = PodAllocator.Allocate(shape, [], Pod("a", App("c", 10))).Granted();

        Assert.Equal(5, got.Cpus.CountOf(s_two.CpusOf(0)));
        Assert.Equal(5, got.Cpus.CountOf(s_two.CpusOf(1)));
        Assert.Equal(1, s_two.NumaOf(PodAllocator.Allocate(shape, [], Pod("a", App("c", 6))).Granted().Cpus).Count);
    }

    [Fact]
    public void AlignBySocket_RestrictedAndTwoNodesOfOneSocketSuffice_StaysOnTheSocket()
    {
        // Two sockets of two nodes of 2 cores: 4 CPUs a node.
        var machine = NodeTopology.Uniform(2, 2, 2, 2);
        var taken = new PodAllocation { PodUid = "other", Cpus = CpuSet.Of(machine.CpusOf(0).Take(2)) | CpuSet.Of(machine.CpusOf(2).Take(2)) | CpuSet.Of(machine.CpusOf(3).Take(2)) | CpuSet.Of(machine.CpusOf(1).Take(2)) };
        var policy = new NodePolicy { Cpu = s_static with { AlignBySocket = true }, Alignment = AlignmentPolicy.Restricted };

        // Four CPUs fit a node of the empty machine; here no node has four, but each socket has.
        var got = PodAllocator.Allocate(new NodeShape(machine, policy), [taken], Pod("a", App("c", 4))).Granted();

        Assert.Equal(1, machine.SocketsOf(machine.NumaOf(got.Cpus)));
        Assert.Equal(Refusal.Topology, PodAllocator.Allocate(new NodeShape(machine, policy with { Cpu = s_static }), [taken], Pod("a", App("c", 4))).Refused().Reason);
    }

    [Fact]
    public void TwoNodesNeeded_SomeAreCloser_TakesTheClosePair()
    {
        var machine = NodeTopology.Uniform(2, 2, 2, 2);
        var shape = new NodeShape(machine, new NodePolicy { Cpu = s_static, Alignment = AlignmentPolicy.BestEffort });
        var nodes = machine.NumaOf(PodAllocator.Allocate(shape, [new PodAllocation { PodUid = "o", Cpus = machine.CpusOf(0) }], Pod("a", App("c", 8))).Granted().Cpus);

        Assert.Equal("2-3", nodes.ToString());
    }

    [Fact]
    public void StaticMemory_CpuAndMemoryAndHugePages_ComeFromOneNode()
    {
        var machine = NodeTopology.Uniform(2, 1, 4, 2, memoryBytes: 100, hugePages: ApiMap<long>.Empty.With("hugepages-2Mi", 8));
        var shape = new NodeShape(machine, new NodePolicy { Cpu = s_static, StaticMemory = true, Alignment = AlignmentPolicy.SingleNumaNode });
        var hog = new PodAllocation { PodUid = "o", Memory = [new(NumaSet.Of(0), "memory", 50)] };
        var wants = App("c", 2, 60);

        var got = PodAllocator.Allocate(shape, [hog], Pod("a", wants with { Memory = wants.Memory.With("hugepages-2Mi", 4) })).Granted();

        Assert.Equal("1", machine.NumaOf(got.Cpus).ToString());
        Assert.Equal("1", got.Find("c")!.MemoryNodes.ToString());
        var refusal = PodAllocator.Allocate(shape, [hog, got], Pod("b", App("d", 2, 60))).Refused();
        Assert.Equal("container d needs 60 of memory on one NUMA node, of which at most 50 are free together", refusal.Message);
    }

    [Fact]
    public void StaticMemory_LargerThanANode_GroupsNodesAndKeepsOthersOut()
    {
        var machine = NodeTopology.Uniform(3, 1, 1, 1, memoryBytes: 100);
        var shape = new NodeShape(machine, new NodePolicy { StaticMemory = true });
        var group = PodAllocator.Allocate(shape, [], Pod("a", App("c", 0, 150))).Granted();
        Assert.Equal("0-1", group.Find("c")!.MemoryNodes.ToString());

        // 50 are left in the group, but a block of one of its nodes alone could be promised twice.
        var next = PodAllocator.Allocate(shape, [group], Pod("b", App("c", 0, 40))).Granted();

        Assert.Equal("2", next.Find("c")!.MemoryNodes.ToString());
        Assert.Equal("0-1", PodAllocator.Allocate(shape, [group, next with { Memory = [new(NumaSet.Of(2), "memory", 90)] }], Pod("d", App("c", 0, 40))).Granted().Find("c")!.MemoryNodes.ToString());
    }

    [Fact]
    public void Devices_LocalToOneNode_DrawTheCpusThere()
    {
        var machine = NodeTopology.Uniform(2, 1, 4, 2, devices: [Gpu("1", 1), Gpu("0", 1)]);
        var shape = new NodeShape(machine, new NodePolicy { Cpu = s_static, Alignment = AlignmentPolicy.BestEffort });

        var got = PodAllocator.Allocate(shape, [], Pod("a", App("c", 2, gpus: 1))).Granted();
        var plain = PodAllocator.Allocate(shape, [], Pod("b", App("c", 2))).Granted();

        Assert.Equal(["gpu=0"], got.Devices);
        Assert.Equal("1", machine.NumaOf(got.Cpus).ToString());
        // What needs no device leaves the CPUs beside the devices to those that do.
        Assert.Equal("0", machine.NumaOf(plain.Cpus).ToString());
    }

    [Fact]
    public void Devices_PartOfAWholeIsTaken_TheWholeIsNotGiven()
    {
        Device Part(string id, string of) => new() { Id = id, Resource = "part", Parent = "gpu=" + of };
        var machine = NodeTopology.Uniform(1, 1, 4, 1, devices: [Gpu("0", 0), Gpu("1", 0), Part("0a", "0"), Part("0b", "0"), Part("1a", "1"), Part("1b", "1")]);
        var shape = new NodeShape(machine, new NodePolicy());
        PodNeeds Wants(string uid, string resource, int count) => Pod(uid, new ContainerNeeds { Name = "c", Devices = [new DeviceRequest { Resource = resource, Count = count }] });

        var part = PodAllocator.Allocate(shape, [], Wants("a", "part", 1)).Granted();
        var second = PodAllocator.Allocate(shape, [part], Wants("b", "part", 1)).Granted();
        var whole = PodAllocator.Allocate(shape, [part, second], Wants("c", "gpu", 1)).Granted();

        Assert.Equal(["part=0a"], part.Devices);
        Assert.Equal(["part=0b"], second.Devices); // of the broken one
        Assert.Equal(["gpu=1"], whole.Devices);
        Assert.Equal("needs 1 part; 0 of 4 are free", PodAllocator.Allocate(shape, [part, second, whole], Wants("d", "part", 1)).Refused().Message);
    }

    [Fact]
    public void InitContainers_RunBeforeTheOthers_UseTheirCpus()
    {
        var shape = new NodeShape(s_two, new NodePolicy { Cpu = s_static, Alignment = AlignmentPolicy.SingleNumaNode });

        var got = PodAllocator.Allocate(shape, [], Pod("a", Init("first", 2), Init("second", 6), App("x", 2), App("y", 2))).Granted();

        Assert.Equal(6, got.Cpus.Count);
        Assert.True(got.Find("first")!.Cpus.IsSubsetOf(got.Find("x")!.Cpus | got.Find("y")!.Cpus));
        Assert.False(got.Find("x")!.Cpus.Overlaps(got.Find("y")!.Cpus));
    }

    [Fact]
    public void Sidecars_StartBeforeAnInitContainer_KeepTheirCpus()
    {
        var shape = new NodeShape(s_two, new NodePolicy { Cpu = s_static });

        var got = PodAllocator.Allocate(shape, [], Pod("a", Sidecar("s", 2), Init("i", 4), App("m", 2))).Granted();

        Assert.False(got.Find("i")!.Cpus.Overlaps(got.Find("s")!.Cpus));
        Assert.True(got.Find("m")!.Cpus.IsSubsetOf(got.Find("i")!.Cpus));
        Assert.Equal(6, got.Cpus.Count);
    }

    [Fact]
    public void PodScope_ContainersOfOnePod_StayOnOneNode()
    {
        var policy = new NodePolicy { Cpu = s_static, Alignment = AlignmentPolicy.SingleNumaNode };
        var pod = Pod("a", App("x", 5), App("y", 5));

        Assert.Equal(2, s_two.NumaOf(PodAllocator.Allocate(new NodeShape(s_two, policy), [], pod).Granted().Cpus).Count);
        Assert.Equal(Refusal.Topology, PodAllocator.Allocate(new NodeShape(s_two, policy with { PodScope = true }), [], pod).Refused().Reason);
    }

    [Fact]
    public void PodLevel_SomeContainersStateNothing_ShareWhatTheOthersLeave()
    {
        var shape = new NodeShape(s_two, new NodePolicy { Cpu = s_static, PodScope = true, Alignment = AlignmentPolicy.SingleNumaNode });
        var pod = Pod("a", App("own", 2), App("x", 0), App("y", 0)) with { PodCpus = 6 };

        var got = PodAllocator.Allocate(shape, [], pod).Granted();

        Assert.Equal(6, got.Cpus.Count);
        Assert.Equal(got.Cpus - got.Find("own")!.Cpus, got.Find("x")!.Cpus);
        Assert.Equal(got.Find("x")!.Cpus, got.Find("y")!.Cpus);
        Assert.False(got.Find("x")!.OwnCpus);
        Assert.Equal(Refusal.EmptyPool, PodAllocator.Allocate(shape, [], pod with { PodCpus = 2 }).Refused().Reason);
    }

    [Fact]
    public void SharedPool_OthersHoldCpus_IsTheRestWithTheReservedOnes()
    {
        var taken = CpuSet.Parse("1-3");
        Assert.Equal("0,4-15", new NodeShape(s_two, new NodePolicy { Cpu = s_static, ReservedCpus = CpuSet.Parse("0") }).SharedPool(taken).ToString());
        Assert.Equal("4-15", new NodeShape(s_two, new NodePolicy { Cpu = s_static with { StrictReservation = true }, ReservedCpus = CpuSet.Parse("0") }).SharedPool(taken).ToString());
    }

    [Fact]
    public void ManyNumaNodes_ContainerNeedsSeveral_IsPlaced()
    {
        var machine = NodeTopology.Uniform(2, 8, 4, 2);
        var shape = new NodeShape(machine, new NodePolicy { Cpu = s_static, Alignment = AlignmentPolicy.Restricted });

        var got = PodAllocator.Allocate(shape, [], Pod("a", App("c", 60))).Granted();

        Assert.Equal(8, machine.NumaOf(got.Cpus).Count);
        Assert.Equal(1, machine.SocketsOf(machine.NumaOf(got.Cpus)));
    }

    [Fact]
    public void Allocation_WrittenAndRead_IsTheSame()
    {
        var machine = NodeTopology.Uniform(2, 1, 4, 2, devices: [Gpu("1", 1)]);
        var shape = new NodeShape(machine, new NodePolicy { Cpu = s_static, StaticMemory = true, Alignment = AlignmentPolicy.Restricted });
        var got = PodAllocator.Allocate(shape, [], Pod("a", Init("i", 2, 5), App("c", 4, 100, gpus: 1))).Granted();

        Assert.Equal(got, AllocationJson.Read(AllocationJson.Write(got), "a"));
        // The form is kept in annotations and checkpoints: readers of the old form must stay when it changes.
        Assert.Equal(
            """{"cpus":"4-5,12-13","memory":[["1","memory",100]],"devices":["gpu=1"],"containers":{"i":{"cpus":"4,12","memory":[["1","memory",5]],"own":true},"c":{"cpus":"4-5,12-13","memory":[["1","memory",100]],"devices":["gpu=1"],"own":true}}}""",
            AllocationJson.Write(got));
        Assert.Null(AllocationJson.Read("""{"cpus":"a"}""", "a"));
        Assert.Null(AllocationJson.Read("[]", "a"));
    }
}

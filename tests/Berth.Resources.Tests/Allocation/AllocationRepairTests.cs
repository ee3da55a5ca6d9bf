using Berth.Resources.Allocation;
using Berth.Resources.Cpu;
using Berth.Resources.Topology;
using static Berth.Resources.Tests.Allocation.Needs;

namespace Berth.Resources.Tests.Allocation;

public sealed class AllocationRepairTests
{
    // Two NUMA nodes: node 0 has CPUs 0-3 and 8-11, node 1 has 4-7 and 12-15; n and n+8 are a core.
    private static readonly NodeTopology s_whole = NodeTopology.Uniform(2, 1, 4, 2);

    [Fact]
    public void Pod_ThatLostACpu_GetsAnotherOfItsNodeAndKeepsTheRest()
    {
        var policy = new NodePolicy { Cpu = new CpuPolicy { Static = true }, Alignment = AlignmentPolicy.SingleNumaNode };
        var needs = Pod("a", App("c", 3));
        var before = PodAllocator.Allocate(new NodeShape(s_whole, policy), [], needs).Granted();
        var gone = before.Cpus.First;
        var shape = new NodeShape(Without(gone), policy);

        var after = AllocationRepair.Replace(shape, [before], needs, before)!;

        Assert.Equal(3, after.Cpus.Count);
        Assert.Equal(before.Cpus - CpuSet.Of([gone]), before.Cpus & after.Cpus);
        Assert.Single(shape.Topology.NumaOf(after.Cpus).Members());
        Assert.Equal(after.Cpus, after.Find("c")!.Cpus);
    }

    [Fact]
    public void Pod_OfWholeCores_GivesUpWhatIsLeftOfABrokenCore()
    {
        var policy = new NodePolicy { Cpu = new CpuPolicy { Static = true, FullCoresOnly = true } };
        var needs = Pod("a", App("c", 4));
        var before = PodAllocator.Allocate(new NodeShape(s_whole, policy), [], needs).Granted();
        var gone = before.Cpus.First;
        var shape = new NodeShape(Without(gone), policy);

        Assert.Equal(2, shape.UnitCpus);
        Assert.Equal(2, AllocationRepair.Lost(shape, before).Count);
        var after = AllocationRepair.Replace(shape, [before], needs, before)!;

        Assert.Equal(4, after.Cpus.Count);
        Assert.All(after.Cpus, c => Assert.True(shape.Topology.CoreOf(c) is { Count: 2 } core && core.IsSubsetOf(after.Cpus)));
    }

    [Fact]
    public void Pod_WhoseNodeIsFull_MovesAsAWholeWhereAllOfItMustBeTogether()
    {
        var policy = new NodePolicy { Cpu = new CpuPolicy { Static = true }, Alignment = AlignmentPolicy.SingleNumaNode };
        var needs = Pod("a", App("c", 8));
        var before = PodAllocator.Allocate(new NodeShape(s_whole, policy), [], needs).Granted();
        var gone = before.Cpus.First;
        var shape = new NodeShape(Without(gone), policy);

        var after = AllocationRepair.Replace(shape, [before], needs, before)!;
        Assert.Equal(8, after.Cpus.Count);
        Assert.False(after.Cpus.Overlaps(before.Cpus));

        // And not where another has the other node's CPUs.
        var other = PodAllocator.Allocate(shape, [before], Pod("b", App("c", 1))).Granted();
        Assert.Null(AllocationRepair.Replace(shape, [before, other], needs, before));
    }

    [Fact]
    public void Pod_ThatLostNothing_StaysAsItIs()
    {
        var shape = new NodeShape(s_whole, new NodePolicy { Cpu = new CpuPolicy { Static = true } });
        var needs = Pod("a", App("c", 2));
        var before = PodAllocator.Allocate(shape, [], needs).Granted();

        Assert.Same(before, AllocationRepair.Replace(shape, [before], needs, before));
    }

    private static NodeTopology Without(int cpu) => new(
        s_whole.Cpus.Where(c => c.Id != cpu).Select(c => c with { Core = s_whole.CoreOf(c.Id).First(t => t != cpu) }), s_whole.NumaNodes);
}

using Berth.Api;
using Berth.Resources.Allocation;
using Berth.Resources.Cpu;
using Berth.Resources.Devices;
using Berth.Resources.Topology;
using static Berth.Resources.Tests.Allocation.Needs;

namespace Berth.Resources.Tests.Allocation;

/// <summary>Random small machines and pods, against an exhaustive search that knows nothing of the allocator's order or short cuts.</summary>
public sealed class PodAllocatorPropertyTests(ITestOutputHelper output)
{
    private const int Cases = 1500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomMachines_AnyPolicy_FindAWayExactlyWhenThereIsOne(int seed)
    {
        int granted = 0, refused = 0;
        for (var i = 0; i < Cases; i++)
        {
            var random = new Random((seed * 100_003) + i);
            var (shape, taken) = Machine(random);
            var needs = RandomPod(random, "new", shape);
            var outcome = PodAllocator.Allocate(shape, taken, needs);
            var expected = Exhaustive.Exists(shape, taken, needs);
            var found = outcome is AllocationOutcome.Granted;
            Assert.True(found == expected, $"seed {seed}, case {i}: {(expected ? "there is a way" : "there is none")}, but the allocator says {outcome}\n{Describe(shape, taken, needs)}");
            if (outcome is AllocationOutcome.Granted(var allocation))
            {
                granted++;
                var problem = AllocationCheck.Problem(shape, taken, needs, allocation);
                Assert.True(problem is null, $"seed {seed}, case {i}: {problem}\n{AllocationJson.Write(allocation)}\n{Describe(shape, taken, needs)}");
            }
            else
            {
                refused++;
            }
        }

        output.WriteLine($"{granted} granted, {refused} refused");
        Assert.True(granted > Cases / 10 && refused > Cases / 10, $"the cases are lopsided: {granted} granted, {refused} refused");
    }

    [Fact]
    public void RandomSequences_PodsComeAndGo_NothingHasTwoOwners()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var (shape, _) = Machine(random);
            var held = new List<PodAllocation>();
            for (var step = 0; step < 60; step++)
            {
                if (held.Count > 0 && random.Next(3) == 0)
                    held.RemoveAt(random.Next(held.Count));
                var needs = RandomPod(random, $"pod{step}", shape);
                if (PodAllocator.Allocate(shape, held, needs) is AllocationOutcome.Granted(var allocation))
                    held.Add(allocation);
                var cpus = held.SelectMany(h => h.Cpus).ToList();
                Assert.Equal(cpus.Count, cpus.Distinct().Count());
                var devices = held.SelectMany(h => h.Devices).ToList();
                Assert.Equal(devices.Count, devices.Distinct().Count());
                Assert.DoesNotContain(cpus, c => shape.ReservedCpus.Contains(c));
                foreach (var kind in shape.Topology.MemoryNames)
                {
                    var total = shape.Topology.NumaNodes.Sum(n => n.Memory.GetOr(kind));
                    Assert.True(held.SelectMany(h => h.Memory).Where(m => m.Kind == kind).Sum(m => m.Bytes) <= total);
                }
            }
        }
    }

    [Fact]
    public void EqualInputs_InAnotherOrder_GiveTheSameAnswer()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var (shape, taken) = Machine(random);
            var needs = RandomPod(random, "new", shape);
            var t = shape.Topology;
            var cpus = t.Cpus.ToArray();
            var nodes = t.NumaNodes.ToArray();
            var devices = t.Devices.ToArray();
            var others = taken.ToArray();
            random.Shuffle(cpus);
            random.Shuffle(nodes);
            random.Shuffle(devices);
            random.Shuffle(others);
            var shuffled = new NodeShape(new NodeTopology(cpus, nodes, devices), shape.Policy);

            Assert.Equal(PodAllocator.Allocate(shape, taken, needs), PodAllocator.Allocate(shuffled, others, needs));
        }
    }

    private static (NodeShape Shape, List<PodAllocation> Taken) Machine(Random random)
    {
        // At most 8 CPUs, so that all ways can be tried.
        int sockets = random.Next(2) + 1, perSocket = random.Next(2) + 1;
        var threads = random.Next(2) + 1;
        var cores = Math.Min(random.Next(3) + 1, 8 / (sockets * perSocket * threads));
        var nodes = sockets * perSocket;
        var devices = Enumerable.Range(0, random.Next(4)).Select(d => Gpu($"{d}", random.Next(nodes + 1) - 1)).ToList();
        var topology = NodeTopology.Uniform(sockets, perSocket, cores, threads, memoryBytes: 4, devices: devices);
        var full = random.Next(4) == 0;
        var policy = new NodePolicy
        {
            Cpu = new CpuPolicy
            {
                Static = true,
                FullCoresOnly = full,
                DistributeAcrossNuma = random.Next(4) == 0,
                DistributeAcrossCores = !full && random.Next(4) == 0,
                PreferSharedCache = random.Next(4) == 0,
            },
            StaticMemory = random.Next(2) == 0,
            Alignment = (AlignmentPolicy)random.Next(4),
            PodScope = random.Next(4) == 0,
            ReservedCpus = random.Next(2) == 0 ? CpuSet.Parse("0") : CpuSet.Empty,
        };
        var shape = new NodeShape(topology, policy);
        var taken = new List<PodAllocation>();
        // What is there came from the allocator too, and some of it left again: holes as they arise.
        for (var i = 0; i < random.Next(5); i++)
        {
            if (PodAllocator.Allocate(shape, taken, RandomPod(random, $"old{i}", shape)) is AllocationOutcome.Granted(var allocation))
                taken.Add(allocation);
            if (taken.Count > 1 && random.Next(3) == 0)
                taken.RemoveAt(random.Next(taken.Count));
        }

        return (shape, taken);
    }

    private static PodNeeds RandomPod(Random random, string uid, NodeShape shape)
    {
        var containers = new List<ContainerNeeds>();
        if (random.Next(3) == 0)
            containers.Add(Container("i", random.Next(2) == 0 ? ContainerPhase.Init : ContainerPhase.Sidecar));
        if (random.Next(6) == 0)
            containers.Add(Container("j", ContainerPhase.Init));
        for (var i = 0; i <= random.Next(3); i++)
            containers.Add(Container($"m{i}", ContainerPhase.Main));
        return Pod(uid, [.. containers]);

        ContainerNeeds Container(string name, ContainerPhase phase)
        {
            var needs = App(name, random.Next(4), shape.Policy.StaticMemory ? random.Next(7) : 0, shape.Topology.Devices.Count > 0 ? random.Next(3) * random.Next(2) : 0);
            return needs with { Phase = phase };
        }
    }

    private static string Describe(NodeShape shape, List<PodAllocation> taken, PodNeeds needs) =>
        $"""
        cpus {string.Join(" ", shape.Topology.Cpus)}
        devices {string.Join(" ", shape.Topology.Devices.Select(d => $"{d.Key}@{d.Numa}"))}
        policy {shape.Policy} {shape.Policy.Cpu}
        taken {string.Join("\n      ", taken.Select(AllocationJson.Write))}
        needs {string.Join("\n      ", needs.Containers.Select(c => $"{c.Phase} {c.Name}: {c.Cpus} cpus, memory {c.Memory}, devices {string.Join(",", c.Devices.Select(d => $"{d.Count} {d.Resource}"))}"))}
        """;
}

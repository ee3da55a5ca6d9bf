using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Allocation;
using Berth.Resources.Cpu;
using Berth.Resources.Devices;
using Berth.Resources.Memory;
using Berth.Resources.Topology;
using Berth.Scheduler.Map;

namespace Berth.Scheduler.Tests.Map;

public sealed class NodeMapTests
{
    [Fact]
    public void Draw_StaticNode_ShowsWhoseEachThreadBlockAndDeviceIs()
    {
        var bare = NodeTopology.Uniform(2, 1, 2, 2, memoryBytes: 1L << 30);
        var topology = new NodeTopology(bare.Cpus, bare.NumaNodes, [new Device { Resource = "example.com/card", Id = "c1", Numa = NumaSet.Of(1) }, new Device { Resource = "example.com/card", Id = "c2", Numa = NumaSet.Of(1), Healthy = false }]);
        var first = topology.CpusOf(0);
        var second = topology.CoreOf(topology.CpusOf(1).First);
        var shape = new NodeShape(topology, new NodePolicy { Cpu = new CpuPolicy { Static = true } });
        PodAllocation[] held =
        [
            Holds("uid-a", first, new MemoryBlock(NumaSet.Of(0), "memory", 1L << 29)),
            Holds("uid-b", second) with { Devices = ["example.com/card=c1"] },
        ];
        var node = Ready("8");
        node = node with
        {
            Metadata = node.Metadata with
            {
                Annotations = node.Metadata.Annotations
                    .With(AllocationAnnotations.Topology, NodeShapeJson.Write(shape))
                    .With(AllocationAnnotations.Held, AllocationJson.WriteAll(held)),
            },
        };

        var lines = Draw(node, [On("a", "4"), On("b", "2"), On("c", "500m")], NodeUsage.None);

        Assert.Equal(
            [
                "n  8 CPUs, 2 sockets, 2 NUMA nodes; CPUs static, memory shared",
                "  socket 0",
                $"  NUMA 0   [aa][aa]  CPUs {first}",
                "    memory         [aaaaaaaaaaaa............] 512Mi of 1Gi held",
                "  socket 1",
                $"  NUMA 1   [bb][..]  CPUs {topology.CpusOf(1)}",
                "    memory         [........................] 0 of 1Gi held",
                "    example.com/card  c1:b c2(unhealthy)",
                "  [ab] a core and whose its threads are   . shared pool   = kept for the system",
                "",
                $"  a default/a  CPUs {first}, memory 512Mi on NUMA 0",
                $"  b default/b  CPUs {second}",
                "",
                "  cpu              [####################....] 6.5 of 8 requested",
            ],
            lines.Take(14));
        Assert.Equal("  default/c  asks for cpu 0.5, memory 64Mi", lines[^1]);
    }

    [Fact]
    public void Draw_NodeThatPublishesNoTopology_ShowsSumsAndWhoUsesMost()
    {
        var usage = new NodeUsage(
            new[] { KeyValuePair.Create("cpu", Quantity.Parse("750m")) }.ToApiMap(),
            new Dictionary<string, ApiMap<Quantity>> { ["default/b"] = new[] { KeyValuePair.Create("cpu", Quantity.Parse("700m")), KeyValuePair.Create("memory", Quantity.Parse("80Mi")) }.ToApiMap() });
        var ended = On("ended", "1");
        ended = ended with { Status = ended.Status with { Phase = "Succeeded" } };
        var elsewhere = On("elsewhere", "1");
        elsewhere = elsewhere with { Spec = elsewhere.Spec with { NodeName = "other" } };

        var lines = Draw(Ready("4"), [On("a", "1"), On("b", "1"), ended, elsewhere], usage);

        Assert.Contains("  cpu              [############............] 2 of 4 requested, 0.75 used", lines);
        Assert.Equal(["  default/b  asks for cpu 1, memory 64Mi; uses cpu 0.7, memory 80Mi", "  default/a  asks for cpu 1, memory 64Mi"], lines.TakeLast(2));
    }

    private static List<string> Draw(Node node, IEnumerable<Pod> pods, NodeUsage usage) => [.. NodeMap.Draw(node, pods, usage).Select(l => l.ToString())];

    private static Node Ready(string cpu)
    {
        var node = Given.Node("n", cpu: cpu, memory: "2Gi");
        return node with { Status = node.Status with { Conditions = [new NodeCondition { Type = "Ready", Status = "True" }] } };
    }

    private static PodAllocation Holds(string uid, CpuSet cpus, params MemoryBlock[] memory) => new()
    {
        PodUid = uid,
        Cpus = cpus,
        Memory = [.. memory],
        Containers = [new ContainerAllocation { Name = "main", Cpus = cpus, OwnCpus = true, Memory = [.. memory] }],
    };

    private static Pod On(string name, string cpu)
    {
        var pod = Given.Pod(name, cpu: cpu);
        return pod with { Metadata = pod.Metadata with { Uid = "uid-" + name }, Spec = pod.Spec with { NodeName = "n" } };
    }
}

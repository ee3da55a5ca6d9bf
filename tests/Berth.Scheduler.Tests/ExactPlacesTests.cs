using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Allocation;
using Berth.Resources.Cpu;
using Berth.Resources.Topology;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins.Exact;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Tests;

public sealed class ExactPlacesTests
{
    // Two NUMA nodes of 4 CPUs.
    private static readonly NodeShape s_shape = new(
        NodeTopology.Uniform(2, 1, 4, 1), new NodePolicy { Cpu = new CpuPolicy { Static = true }, Alignment = AlignmentPolicy.SingleNumaNode });

    private readonly ClusterState _state = new();
    private readonly ExactPlaces _plugin = new();

    [Fact]
    public void Filter_FitsBySumButNotByNode_WaitsWithTheNumbers()
    {
        _state.SetNode(Node("n", s_shape));
        Place("a", 3, "n");
        Place("b", 3, "n");

        Assert.Equal(
            ["container main needs 2 CPUs on one NUMA node, of which at most 1 are free together (free by NUMA node: 0: 1, 1: 1)"],
            Reasons(Pod("c", 2)));
        Assert.Empty(Reasons(Pod("d", 1)));
    }

    [Fact]
    public void Filter_NodeWithoutTopologyOrPodWithoutWholeCpus_IsNotItsBusiness()
    {
        _state.SetNode(Given.Node("plain", cpu: "8"));
        _state.SetNode(Node("n", s_shape));
        Place("a", 4, "n");
        Place("b", 4, "n");

        Assert.Equal(["n"], Refused(Pod("c", 1)));
        Assert.Empty(Refused(Given.Pod("shared", cpu: "500m")));
    }

    [Fact]
    public void Filter_MoreImportantPodTakesAnotherOut_SeesItsCpusFree()
    {
        _state.SetNode(Node("n", s_shape));
        Place("a", 4, "n");
        Place("b", 4, "n");
        Assert.NotEmpty(Reasons(Pod("c", 4)));

        var victim = _state.Take("uid-a")!;
        Assert.Empty(Reasons(Pod("c", 4)));
        _state.PutBack(victim);
        Assert.NotEmpty(Reasons(Pod("c", 4)));
    }

    [Fact]
    public void Reserve_DecisionsInARow_HaveNoCpuTwice()
    {
        _state.SetNode(Node("n", s_shape));
        var taken = CpuSet.Empty;
        for (var i = 0; i < 4; i++)
        {
            var pod = Pod($"p{i}", 2);
            Assert.Empty(Reasons(pod));
            _state.Reserve(pod, "n");
            _plugin.Reserve(pod, _state.Node(_state.Row("n")!.Value));
            var allocation = AllocationJson.Read(_plugin.BindingAnnotations(pod.Metadata.Uid)[AllocationAnnotations.Pod], pod.Metadata.Uid)!;
            Assert.False(allocation.Cpus.Overlaps(taken));
            taken |= allocation.Cpus;
            // Bound, and the informer has not brought it back yet: it still counts.
            _plugin.Unreserve(pod.Metadata.Uid);
        }

        Assert.Equal(8, taken.Count);
        Assert.NotEmpty(Reasons(Pod("late", 2)));

        // A binding that failed gives its CPUs back.
        _state.Unreserve("uid-p1");
        _plugin.Unreserve("uid-p1");
        Assert.Empty(Reasons(Pod("late", 2)));
        Assert.Empty(_plugin.BindingAnnotations("uid-p1"));
    }

    [Fact]
    public void Filter_NodesOwnBooksDiffer_StandOverThePodsAnnotation()
    {
        var pod = Place("a", 4, "n");
        // The agent put it elsewhere than the scheduler had said: half on each node.
        var held = new PodAllocation { PodUid = pod.Metadata.Uid, Cpus = CpuSet.Parse("0-1,4-5") };
        var node = Node("n", s_shape);
        _state.SetNode(node with { Metadata = node.Metadata with { Annotations = node.Metadata.Annotations.With(AllocationAnnotations.Held, AllocationJson.WriteAll([held])) } });

        Assert.NotEmpty(Reasons(Pod("b", 4)));
        Assert.Empty(Reasons(Pod("c", 2)));
    }

    private List<string> Reasons(Pod pod) => [.. Candidates(pod).Rejections.Select(r => r.Reason)];

    private List<string> Refused(Pod pod) => [.. Candidates(pod).Rejections.Select(r => _state.Node(r.Row).Metadata.Name)];

    private Candidates Candidates(Pod pod)
    {
        var candidates = new Candidates(_state);
        _plugin.Filter(new PodContext(pod), _state, candidates);
        return candidates;
    }

    private Pod Place(string name, int cpus, string node)
    {
        var pod = Pod(name, cpus);
        var held = _state.PlacedPods.Select(p => AllocationJson.Read(p.Pod.Metadata.Annotations[AllocationAnnotations.Pod], p.Uid)!);
        var allocation = ((AllocationOutcome.Granted)PodAllocator.Allocate(s_shape, held, PodNeeds.Of(pod, s_shape.Policy, s_shape.DeviceResources))).Allocation;
        pod = pod with
        {
            Metadata = pod.Metadata with { Annotations = ApiMap.Of((AllocationAnnotations.Pod, AllocationJson.Write(allocation))) },
            Spec = pod.Spec with { NodeName = node },
        };
        _state.SetPod(pod);
        return pod;
    }

    private static Node Node(string name, NodeShape shape)
    {
        var node = Given.Node(name, cpu: "64", memory: "64Gi");
        return node with { Metadata = node.Metadata with { Annotations = ApiMap.Of((AllocationAnnotations.Topology, NodeShapeJson.Write(shape))) } };
    }

    private static Pod Pod(string name, int cpus)
    {
        var pod = Given.Pod(name);
        var amounts = Given.Amounts(("cpu", $"{cpus}"), ("memory", "64Mi"));
        return pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers[0] with { Resources = new() { Requests = amounts, Limits = amounts } }] } };
    }
}

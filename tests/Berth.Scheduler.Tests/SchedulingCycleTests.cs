using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Tests;

public class SchedulingCycleTests
{
    private readonly ClusterState _state = new();

    [Fact]
    public void Decide_NoNodes_SaysSo() =>
        Assert.Equal("no nodes available to schedule pods", Refusal(Given.Pod("a")));

    [Fact]
    public void Decide_TooLittleCpu_NamesTheResource()
    {
        _state.SetNode(Given.Node("n1", cpu: "1"));
        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu.", Refusal(Given.Pod("a", cpu: "2")));
    }

    [Fact]
    public void Decide_SeveralObstacles_CountsEach()
    {
        _state.SetNode(Given.Node("n1", cpu: "1", memory: "32Mi"));
        _state.SetNode(Given.Node("n2") with { Spec = new() { Unschedulable = true } });
        _state.SetNode(Given.Node("n3") with { Spec = new() { Taints = [new() { Key = "gpu", Value = "yes", Effect = "NoSchedule" }] } });
        _state.SetNode(Given.Node("n4", pods: "0"));
        Assert.Equal(
            "0/4 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 1 Too many pods, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.",
            Refusal(Given.Pod("a", cpu: "2")));
    }

    [Fact]
    public void Decide_UnknownExtendedResource_IsInsufficient()
    {
        _state.SetNode(Given.Node("n1"));
        var pod = Given.Pod("a");
        pod = pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers[0] with { Resources = new() { Requests = Given.Amounts(("nvidia.com/gpu", "1")) } }] } };
        Assert.Equal("0/1 nodes are available: 1 Insufficient nvidia.com/gpu.", Refusal(pod));
    }

    [Fact]
    public void Decide_Reservation_CountsAtOnceAndCanBeTakenBack()
    {
        _state.SetNode(Given.Node("n1", cpu: "1"));
        _state.Reserve(Given.Pod("first", cpu: "600m"), "n1");
        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu.", Refusal(Given.Pod("second", cpu: "600m")));
        _state.Unreserve("uid-first");
        Assert.Equal("n1", Placement(Given.Pod("second", cpu: "600m")));
    }

    [Fact]
    public void Decide_EmptierNode_IsPreferred()
    {
        _state.SetNode(Given.Node("busy"));
        _state.SetNode(Given.Node("idle"));
        _state.SetPod(Given.Pod("other", cpu: "2", memory: "4Gi") is var pod ? pod with { Spec = pod.Spec with { NodeName = "busy" } } : pod);
        Assert.Equal("idle", Placement(Given.Pod("a")));
    }

    [Fact]
    public void Decide_HostPortTaken_GoesElsewhereOrWaits()
    {
        _state.SetNode(Given.Node("n1"));
        var pod = WithHostPort(Given.Pod("a"), 80, "");
        _state.Reserve(pod, "n1");
        Assert.Equal("0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.", Refusal(WithHostPort(Given.Pod("b"), 80, "127.0.0.1")));
        Assert.Equal("n1", Placement(WithHostPort(Given.Pod("b"), 81, "")));
        _state.RemovePod("uid-a");
        Assert.Equal("n1", Placement(WithHostPort(Given.Pod("b"), 80, "")));
    }

    [Theory]
    [InlineData("In", "eu", true)]
    [InlineData("In", "us", false)]
    [InlineData("NotIn", "us", true)]
    [InlineData("Exists", null, true)]
    [InlineData("DoesNotExist", null, false)]
    public void Decide_RequiredNodeAffinity_Filters(string op, string? value, bool fits)
    {
        _state.SetNode(Given.Node("n1", labels: ("zone", "eu")));
        var pod = Given.Pod("a");
        pod = pod with
        {
            Spec = pod.Spec with
            {
                Affinity = new()
                {
                    NodeAffinity = new()
                    {
                        RequiredDuringSchedulingIgnoredDuringExecution = new()
                        {
                            NodeSelectorTerms = [new() { MatchExpressions = [new() { Key = "zone", Operator = op, Values = value is null ? [] : [value] }] }],
                        },
                    },
                },
            },
        };
        if (fits)
            Assert.Equal("n1", Placement(pod));
        else
            Assert.Equal("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", Refusal(pod));
    }

    [Fact]
    public void Decide_Toleration_OpensATaintedNode()
    {
        _state.SetNode(Given.Node("n1") with { Spec = new() { Taints = [new() { Key = "gpu", Value = "yes", Effect = "NoSchedule" }] } });
        var pod = Given.Pod("a");
        Assert.Equal("n1", Placement(pod with { Spec = pod.Spec with { Tolerations = [new() { Key = "gpu", Operator = "Exists" }] } }));
        Assert.NotEmpty(Refusal(pod with { Spec = pod.Spec with { Tolerations = [new() { Key = "gpu", Value = "no", Effect = "NoSchedule" }] } }));
    }

    [Fact]
    public void Decide_EqualNodes_AreAllUsedAndTheSeedDecides()
    {
        for (var i = 0; i < 8; i++)
            _state.SetNode(Given.Node($"n{i}"));
        string[] Run(int seed)
        {
            var choice = new Random(seed);
            return [.. Enumerable.Range(0, 64).Select(_ => Placement(Given.Pod("a"), choice))];
        }

        Assert.Equal(8, Run(1).Distinct().Count());
        Assert.Equal(Run(1), Run(1));
    }

    [Fact]
    public void State_PodHeardOfBeforeItsNode_IsCounted()
    {
        var pod = Given.Pod("early", cpu: "3");
        _state.SetPod(pod with { Spec = pod.Spec with { NodeName = "n1" } });
        _state.SetNode(Given.Node("n1"));
        Assert.NotEmpty(Refusal(Given.Pod("late", cpu: "2")));
        _state.RemoveNode("n1");
        _state.SetNode(Given.Node("n2"));
        Assert.Equal("n2", Placement(Given.Pod("late", cpu: "2")));
    }

    [Fact]
    public void State_AfterAnySequence_EqualsASumFromScratch()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var placed = new Dictionary<string, (Pod Pod, string Node)>();
        for (var i = 0; i < 3000; i++)
        {
            var node = $"n{random.Next(5)}";
            var name = $"p{random.Next(40)}";
            switch (random.Next(5))
            {
                case 0:
                    _state.SetNode(Given.Node(node));
                    break;
                case 1:
                    _state.RemoveNode(node);
                    break;
                case 2:
                    _state.RemovePod("uid-" + name);
                    placed.Remove(name);
                    break;
                default:
                    var pod = Given.Pod(name, cpu: $"{random.Next(1, 2000)}m");
                    _state.Reserve(pod, node);
                    placed[name] = (pod, node);
                    break;
            }
        }

        foreach (var row in _state.Nodes)
        {
            var name = _state.Node(row).Metadata.Name;
            var expected = placed.Values.Where(p => p.Node == name).Sum(p => p.Pod.Spec.Containers[0].Resources.Requests["cpu"].MilliValue);
            Assert.True(expected == _state.Cpu.Used[row], $"seed {seed}: {name} should use {expected} millicores, the column says {_state.Cpu.Used[row]}");
        }
    }

    private static Pod WithHostPort(Pod pod, int port, string address) => pod with
    {
        Spec = pod.Spec with { Containers = [pod.Spec.Containers[0] with { Ports = [new() { ContainerPortValue = port, HostPort = port, HostIP = address, Protocol = "TCP" }] }] },
    };

    private Decision Decide(Pod pod, Random? choice = null) =>
        new SchedulingCycle(DefaultPlugins.Filters, DefaultPlugins.Scorers).Decide(new PodContext(pod), _state, choice ?? new Random(1));

    private string Placement(Pod pod, Random? choice = null) => Assert.IsType<Decision.Placed>(Decide(pod, choice)).NodeName;

    private string Refusal(Pod pod) => Assert.IsType<Decision.Unschedulable>(Decide(pod)).Message;
}

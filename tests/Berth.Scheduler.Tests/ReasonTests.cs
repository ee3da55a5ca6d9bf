using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Tests;

/// <summary>What kube-scheduler 1.36 said in cases where it is easy to say something else.</summary>
public class ReasonTests
{
    private readonly ClusterState _state = new();

    [Fact]
    public void Decide_AffinityNamesItsNode_OthersAreNotLookedAt()
    {
        _state.SetNode(Given.Node("n1", cpu: "1"));
        _state.SetNode(Given.Node("n2") with { Spec = new() { Unschedulable = true } });
        var pod = Given.Pod("daemon", cpu: "2");
        Assert.Equal(
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't satisfy plugin(s) [NodeAffinity].",
            Refusal(pod with
            {
                Spec = pod.Spec with
                {
                    Affinity = new()
                    {
                        NodeAffinity = new()
                        {
                            RequiredDuringSchedulingIgnoredDuringExecution = new()
                            {
                                NodeSelectorTerms = [new() { MatchFields = [new() { Key = "metadata.name", Operator = "In", Values = ["n1"] }] }],
                            },
                        },
                    },
                },
            }));
    }

    [Fact]
    public void Decide_FirstOfItsKind_MayStartAGroup()
    {
        _state.SetNode(Given.Node("n1"));
        var pod = Gathering(Given.Pod("a"), "kubernetes.io/hostname");
        Assert.IsType<Decision.Placed>(Decide(pod with { Metadata = pod.Metadata with { Labels = ApiMap.Of(("app", "web")) } }));
        // One that does not mean itself may not.
        Assert.Equal("0/1 nodes are available: 1 node(s) didn't match pod affinity rules.", Refusal(pod));
    }

    [Fact]
    public void Decide_SpreadOverANodeWithoutTheLabel_SaysSo()
    {
        _state.SetNode(Given.Node("n1"));
        var pod = Given.Pod("a");
        Assert.Equal(
            "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label).",
            Refusal(pod with
            {
                Spec = pod.Spec with { TopologySpreadConstraints = [new() { MaxSkew = 1, TopologyKey = "zone", WhenUnsatisfiable = "DoNotSchedule", LabelSelector = new() }] },
            }));
    }

    private static Pod Gathering(Pod pod, string key) => pod with
    {
        Spec = pod.Spec with
        {
            Affinity = new()
            {
                PodAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = [new() { TopologyKey = key, LabelSelector = new() { MatchLabels = ApiMap.Of(("app", "web")) } }] },
            },
        },
    };

    private Decision Decide(Pod pod) => new SchedulingCycle(SchedulerProfile.Default).Decide(new PodContext(pod), _state, new Random(1));

    private string Refusal(Pod pod) => Assert.IsType<Decision.Unschedulable>(Decide(pod)).Message;
}

using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Explain;
using Berth.Scheduler.Preemption;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Tests;

public class ExplainerTests
{
    private readonly ClusterState _state = new();

    [Fact]
    public void Explain_ToolittleCpu_SaysHowMuchWouldDo()
    {
        _state.SetNode(Given.Node("n1", cpu: "2"));
        _state.SetNode(Given.Node("n2", cpu: "4"));
        _state.Reserve(Given.Pod("other", cpu: "1"), "n2");
        var waits = Waits(Given.Pod("a", cpu: "8"));
        var obstacle = Assert.Single(waits.Obstacles);
        Assert.Equal(("Insufficient cpu", 2, 2), (obstacle.Reason, obstacle.Nodes, obstacle.Alone));
        Assert.Contains(waits.Remedies, r => r.Text == "ask for at most 3000m of cpu (it asks for 8000m)" && r.Nodes == 1);
        // A node like those that are there would not do either.
        Assert.DoesNotContain(waits.Remedies, r => r.Text.StartsWith("add a node", StringComparison.Ordinal));
    }

    [Fact]
    public void Explain_EachNodeHasAnotherObstacle_CountsAndOffersEach()
    {
        _state.SetNode(Given.Node("tainted") with { Spec = new() { Taints = [new() { Key = "gpu", Value = "yes", Effect = "NoSchedule" }] } });
        _state.SetNode(Given.Node("cordoned") with { Spec = new() { Unschedulable = true, Taints = [new() { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" }] } });
        _state.SetNode(Given.Node("small", cpu: "1"));
        var waits = Waits(Given.Pod("a", cpu: "2"));
        Assert.Equal(3, waits.Nodes);
        Assert.Contains(waits.Obstacles, o => o is { Reason: "node(s) had untolerated taint(s)", Nodes: 2, Alone: 1 });
        Assert.Equal("uncordon cordoned", waits.Remedies[0].Text);
        Assert.Contains(waits.Remedies, r => r.Text == "tolerate the taint gpu=yes:NoSchedule");
        Assert.Contains(waits.Remedies, r => r.Text.StartsWith("ask for at most 1000m of cpu", StringComparison.Ordinal));
    }

    [Fact]
    public void Explain_NoSingleChangeHelps_OffersAPair()
    {
        _state.SetNode(Given.Node("n1", cpu: "1") with { Spec = new() { Taints = [new() { Key = "gpu", Effect = "NoSchedule" }] } });
        var waits = Waits(Given.Pod("a", cpu: "2"));
        Assert.Contains(waits.Remedies, r => r.Text.Contains("tolerate the taint gpu:NoSchedule", StringComparison.Ordinal) && r.Text.Contains("ask for at most 1000m", StringComparison.Ordinal));
    }

    [Fact]
    public void Explain_FullOfLesserPods_NamesThem()
    {
        _state.SetNode(Given.Node("n1", cpu: "1"));
        _state.Reserve(Given.Pod("low", cpu: "1", priority: 3), "n1");
        var waits = Waits(Given.Pod("a", cpu: "500m"));
        Assert.Contains(waits.Remedies, r => r.Text == "make default/low leave n1, or give the pod a priority above 3 so that it pushes it out");
        Assert.Contains(waits.Remedies, r => r.Text == "add a node like n1");
    }

    [Fact]
    public void Explain_Remedies_DoWhatTheySay()
    {
        var zones = ApiMap.Of(("disk", "ssd"));
        _state.SetNode(Given.Node("n1"));
        var pod = Given.Pod("a");
        var waits = Waits(pod with { Spec = pod.Spec with { NodeSelector = zones } });
        Assert.Contains(waits.Remedies, r => r.Text == "drop the node selector disk=ssd, or give that label to a node");
        _state.SetNode(Given.Node("n1", labels: ("disk", "ssd")));
        Assert.Equal(["n1"], Waits(pod with { Spec = pod.Spec with { NodeSelector = zones } }).Open);
    }

    [Fact]
    public void Explain_SeveralWaiting_TellsThePlaceInTheQueue()
    {
        var pod = Given.Pod("a", priority: 5);
        var waits = Assert.IsType<Explanation.Waits>(Explain(pod, [Given.Pod("urgent", priority: 9), pod, Given.Pod("idle", priority: 1)]));
        Assert.Equal((2, 3), (waits.Position, waits.Waiting));
    }

    [Fact]
    public void Explain_GateOrOtherScheduler_IsTheWholeReason()
    {
        var pod = Given.Pod("a");
        Assert.Equal("is held back by its scheduling gates example.com/wait", Waits(pod with { Spec = pod.Spec with { SchedulingGates = [new() { Name = "example.com/wait" }] } }).Problem);
        Assert.Equal("waits for the scheduler \"mine\", which is not this one", Waits(pod with { Spec = pod.Spec with { SchedulerName = "mine" } }).Problem);
    }

    [Fact]
    public void Explain_PlacedPod_ComparesItsNodeWithTheOthersAndLeavesTheStateAlone()
    {
        _state.SetNode(Given.Node("busy"));
        _state.SetNode(Given.Node("idle"));
        _state.SetNode(Given.Node("closed") with { Spec = new() { Unschedulable = true } });
        _state.Reserve(Given.Pod("other", cpu: "2", memory: "4Gi"), "busy");
        var pod = Given.Pod("a");
        pod = pod with { Spec = pod.Spec with { NodeName = "busy" } };
        _state.SetPod(pod);
        var before = _state.PlacedPods.Select(p => p.Uid).Order().ToList();
        var placed = Assert.IsType<Explanation.Placed>(Explain(pod, []));
        Assert.Equal(["idle", "busy"], placed.Scores.Select(s => s.NodeName));
        Assert.Equal(placed.Scores[0].Total, placed.Scores[0].Parts.Sum(p => p.Score));
        Assert.Equal("node(s) were unschedulable", Assert.Single(placed.Obstacles).Reason);
        Assert.Equal(before, _state.PlacedPods.Select(p => p.Uid).Order());
        Assert.Equal(2100, _state.Cpu.Used[_state.Row("busy")!.Value]);
    }

    private Explanation.Waits Waits(Pod pod) => Assert.IsType<Explanation.Waits>(Explain(pod, [pod]));

    private Explanation Explain(Pod pod, IReadOnlyList<Pod> waiting) => new Explainer(_state, [SchedulerProfile.Default], new Nominations(), []).Explain(pod, waiting);
}

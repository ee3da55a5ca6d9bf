using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.DaemonSets;
using Berth.Controllers.Pods;
using Berth.TestKit;

namespace Berth.Controllers.Tests.DaemonSets;

public sealed class DaemonSetReconcilerTests
{
    private readonly Dictionary<string, Pod> _pods = new(StringComparer.Ordinal);
    private readonly List<Node> _nodes = [.. Enumerable.Range(1, 10).Select(i => Node($"node-{i:00}"))];
    private readonly Random _random = new(5);
    private int _made;
    private DaemonSet _set = new()
    {
        Metadata = new ObjectMeta { Name = "agent", Namespace = "default", Uid = "set" },
        Spec = new DaemonSetSpec { Template = Given.Template(), UpdateStrategy = new DaemonSetUpdateStrategy { Type = "RollingUpdate" } },
    };

    [Fact]
    public void Plan_Nodes_EachGetsOnePodMeantForIt()
    {
        Settle("a");

        Assert.Equal(_nodes.Select(n => n.Metadata.Name), _pods.Values.Select(DaemonPods.NodeOf).Order());
        Assert.Contains(_pods.Values.First().Spec.Tolerations, t => t is { Key: "node.kubernetes.io/unschedulable", Operator: "Exists", Effect: "NoSchedule" });
        Assert.Equal((10, 10, 10, 10, 0), (_set.Status.DesiredNumberScheduled, _set.Status.CurrentNumberScheduled, _set.Status.NumberAvailable, _set.Status.UpdatedNumberScheduled, _set.Status.NumberMisscheduled));
        Assert.False(Reconcile("a"));
    }

    [Fact]
    public void Eligibility_TaintsAndSelectors_Decide()
    {
        var tainted = Taint("dedicated", "NoSchedule");
        var evicting = Taint("dedicated", "NoExecute");
        Assert.Equal(NodeEligibility.Run, DaemonPods.Eligibility(_set, Taint("node.kubernetes.io/not-ready", "NoExecute")));
        Assert.Equal(NodeEligibility.Stay, DaemonPods.Eligibility(_set, tainted));
        Assert.Equal(NodeEligibility.None, DaemonPods.Eligibility(_set, evicting));
        var selective = _set with { Spec = _set.Spec with { Template = _set.Spec.Template with { Spec = _set.Spec.Template.Spec with { NodeSelector = ApiMap.Of(("gpu", "yes")) } } } };
        Assert.Equal(NodeEligibility.None, DaemonPods.Eligibility(selective, _nodes[0]));
    }

    [Fact]
    public void Plan_NodeNoLongerEligible_LosesItsPod()
    {
        Settle("a");
        _nodes[3] = Taint("dedicated", "NoExecute") with { Metadata = _nodes[3].Metadata };
        Settle("a");

        Assert.Equal(9, _pods.Count);
        Assert.DoesNotContain(_pods.Values, p => DaemonPods.NodeOf(p) == _nodes[3].Metadata.Name);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 4)]
    public void Plan_NewTemplate_StaysWithinItsBounds(int maxUnavailable, int maxSurge)
    {
        Roll(maxUnavailable, maxSurge);
        Settle("a");
        for (var i = 0; i < 200; i++)
        {
            Reconcile("b");
            var served = _pods.Values.Where(p => p.Metadata.DeletionTimestamp is null && PodFacts.IsReady(p)).Select(DaemonPods.NodeOf).Distinct().Count();
            Assert.True(served >= 10 - maxUnavailable, $"{served} of 10 nodes are served");
            Assert.True(_pods.Count(p => p.Value.Metadata.DeletionTimestamp is null) <= 10 + maxSurge);
            RunPods(0.4);
        }

        Settle("b");
        Assert.Equal(10, _pods.Count);
        Assert.All(_pods.Values, p => Assert.Equal("b", p.Metadata.Labels[DaemonPods.HashLabel]));
    }

    [Fact]
    public void Plan_OnDelete_KeepsOldPods()
    {
        _set = _set with { Spec = _set.Spec with { UpdateStrategy = new DaemonSetUpdateStrategy { Type = "OnDelete" } } };
        Settle("a");
        Settle("b");

        Assert.All(_pods.Values, p => Assert.Equal("a", p.Metadata.Labels[DaemonPods.HashLabel]));
        Assert.Equal(0, _set.Status.UpdatedNumberScheduled);
    }

    [Fact]
    public void Take_PodsThatEndAgainAndAgain_WaitsLonger()
    {
        var time = new ManualTime(Given.Now);
        var backoff = new FinishedPodBackoff(time);
        Assert.Equal(TimeSpan.Zero, backoff.Take("set", "node"));
        Assert.Equal(TimeSpan.FromSeconds(1), backoff.Take("set", "node"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, backoff.Take("set", "node"));
        Assert.Equal(TimeSpan.FromSeconds(2), backoff.Take("set", "node"));
        Assert.Equal(TimeSpan.Zero, backoff.Take("set", "other"));
    }

    private void Roll(int unavailable, int surge) => _set = _set with
    {
        Spec = _set.Spec with
        {
            UpdateStrategy = new DaemonSetUpdateStrategy { Type = "RollingUpdate", RollingUpdate = new RollingUpdateDaemonSet { MaxUnavailable = unavailable, MaxSurge = surge } },
        },
    };

    private bool Reconcile(string hash)
    {
        var plan = DaemonSetReconciler.Plan(_set, _nodes, _pods.Values, hash, Given.Now);
        foreach (var node in plan.Create)
        {
            var name = $"agent-{++_made}";
            var pod = DaemonPods.Make(_set, node, hash);
            _pods[name] = pod with { Metadata = pod.Metadata with { Name = name, Uid = name, CreationTimestamp = Given.Now.AddSeconds(_made) }, Status = new PodStatus { Phase = "Pending" } };
        }

        foreach (var pod in plan.Delete.Concat(plan.Finished))
            _pods[pod.Metadata.Name] = pod with { Metadata = pod.Metadata with { DeletionTimestamp = Given.Now } };
        var status = DaemonSetReconciler.Status(_set, _nodes, _pods.Values, hash, null, Given.Now);
        var changed = !plan.IsEmpty || !status.Equals(_set.Status);
        _set = _set with { Status = status };
        return changed;
    }

    private bool RunPods(double chance)
    {
        var changed = false;
        foreach (var (name, pod) in _pods.ToList())
        {
            if (pod.Metadata.DeletionTimestamp is not null)
                changed |= _pods.Remove(name);
            else if (pod.Status.Phase == "Pending" && _random.NextDouble() < chance)
                (_pods[name], changed) = (pod with { Status = Given.Pod(name).Status, Spec = pod.Spec with { NodeName = DaemonPods.NodeOf(pod) } }, true);
        }

        return changed;
    }

    private void Settle(string hash)
    {
        for (var i = 0; i < 200; i++)
        {
            if (!(Reconcile(hash) | RunPods(1)))
                return;
        }

        Assert.Fail($"did not settle: {_set.Status}");
    }

    private static Node Node(string name) => new() { Metadata = new ObjectMeta { Name = name } };

    private static Node Taint(string key, string effect) => Node("tainted") with { Spec = new NodeSpec { Taints = [new Taint { Key = key, Effect = effect }] } };
}

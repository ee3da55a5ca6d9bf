using Berth.Api;
using Berth.Api.Coordination.V1;
using Berth.Api.Core.V1;
using Berth.Controllers.NodeLifecycle;

namespace Berth.Controllers.Tests.NodeLifecycle;

public sealed class NodeReconcilerTests
{
    private static readonly DateTimeOffset s_now = Given.Now;

    [Fact]
    public void Silenced_NodeThatReported_KnowsNothingAnyMore()
    {
        var conditions = NodeReconciler.Silenced(NodeWith(("Ready", "True"), ("MemoryPressure", "False"), ("NetworkUnavailable", "False")), s_now);
        Assert.Equal(["Unknown", "Unknown", "False", "Unknown", "Unknown"], conditions.Select(c => c.Status));
        Assert.Equal(["NodeStatusUnknown", "NodeStatusUnknown", "", "NodeStatusNeverUpdated", "NodeStatusNeverUpdated"], conditions.Select(c => c.Reason));
        Assert.Equal(s_now, conditions[0].LastTransitionTime!.Value.Value);
    }

    [Fact]
    public void Silenced_Twice_ChangesNothing()
    {
        var node = NodeWith(("Ready", "True"));
        var once = node with { Status = node.Status with { Conditions = NodeReconciler.Silenced(node, s_now) } };
        Assert.Equal(once.Status.Conditions, NodeReconciler.Silenced(once, s_now.AddMinutes(1)));
    }

    [Theory]
    [InlineData("Ready", "True", "")]
    [InlineData("Ready", "False", "node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute")]
    [InlineData("Ready", "Unknown", "node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute")]
    [InlineData("MemoryPressure", "True", "node.kubernetes.io/memory-pressure:NoSchedule")]
    [InlineData("DiskPressure", "True", "node.kubernetes.io/disk-pressure:NoSchedule")]
    [InlineData("PIDPressure", "True", "node.kubernetes.io/pid-pressure:NoSchedule")]
    [InlineData("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable:NoSchedule")]
    [InlineData("NetworkUnavailable", "Unknown", "")]
    public void Taints_ByCondition(string type, string status, string expected)
    {
        var taints = NodeReconciler.Taints(NodeWith((type, status)), evict: true, mayAdd: true, s_now);
        Assert.Equal(expected, string.Join(' ', taints.Select(t => $"{t.Key}:{t.Effect}")));
    }

    [Fact]
    public void Taints_OfOthers_StayAndOursGoWithTheirConditions()
    {
        var mine = new Taint { Key = "gpu", Value = "yes", Effect = "NoSchedule" };
        var node = NodeWith(("Ready", "True"));
        node = node with { Spec = new NodeSpec { Unschedulable = true, Taints = [mine, new Taint { Key = NodeReconciler.NotReady, Effect = "NoExecute" }] } };
        var taints = NodeReconciler.Taints(node, evict: true, mayAdd: true, s_now);
        Assert.Equal(["gpu", NodeReconciler.Unschedulable], taints.Select(t => t.Key));
        Assert.Same(mine, taints[0]);
    }

    [Fact]
    public void Taints_WhenAllNodesAreSilent_EvictNobody()
    {
        var node = NodeWith(("Ready", "Unknown"));
        node = node with { Spec = new NodeSpec { Taints = NodeReconciler.Taints(node, evict: true, mayAdd: true, s_now) } };
        Assert.Equal(["NoSchedule"], NodeReconciler.Taints(node, evict: false, mayAdd: false, s_now).Select(t => t.Effect));
    }

    [Fact]
    public void Taints_RateExhausted_SwapsKindsButAddsNone()
    {
        var node = NodeWith(("Ready", "Unknown"));
        Assert.DoesNotContain(NodeReconciler.Taints(node, evict: true, mayAdd: false, s_now), t => t.Effect == "NoExecute");
        node = node with { Spec = new NodeSpec { Taints = [new Taint { Key = NodeReconciler.NotReady, Effect = "NoExecute" }] } };
        Assert.Contains(NodeReconciler.Taints(node, evict: true, mayAdd: false, s_now), t => t is { Key: NodeReconciler.Unreachable, Effect: "NoExecute" });
    }

    [Fact]
    public void Taints_AnyNode_SecondRunChangesNothing()
    {
        var random = new Random(7);
        string[] statuses = ["True", "False", "Unknown"];
        for (var i = 0; i < 500; i++)
        {
            var node = NodeWith([.. new[] { "Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable", "Other" }
                .Where(_ => random.Next(3) > 0).Select(t => (t, statuses[random.Next(3)]))]);
            node = node with { Spec = new NodeSpec { Unschedulable = random.Next(2) == 0, Taints = random.Next(2) == 0 ? [] : [new Taint { Key = NodeReconciler.Unreachable, Effect = "NoExecute" }, new Taint { Key = "x", Effect = "NoExecute" }] } };
            var evict = random.Next(2) == 0;
            var once = node with { Spec = node.Spec with { Taints = NodeReconciler.Taints(node, evict, evict, s_now) } };
            Assert.Same(once.Spec.Taints, NodeReconciler.Taints(once, evict, evict, s_now.AddSeconds(9)));
        }
    }

    [Fact]
    public void Health_LeaseIsRenewed_IsAliveByOurClockWhateverTheNodesSays()
    {
        var node = NodeWith(("Ready", "True"));
        var health = NodeHealth.Observe(null, node, LeaseAt(s_now.AddYears(-3)), s_now);
        Assert.False(health.IsSilent(node, s_now.AddSeconds(50)));
        Assert.True(health.IsSilent(node, s_now.AddSeconds(51)));
        health = NodeHealth.Observe(health, node, LeaseAt(s_now.AddYears(-3).AddSeconds(10)), s_now.AddSeconds(40));
        Assert.False(health.IsSilent(node, s_now.AddSeconds(90)));
        Assert.Same(health, NodeHealth.Observe(health, node, LeaseAt(s_now.AddYears(-3).AddSeconds(10)), s_now.AddSeconds(70)));
    }

    [Fact]
    public void Health_NodeThatNeverReported_IsAsOldAsItsObject()
    {
        var node = NodeWith() with { Metadata = new() { Name = "n", CreationTimestamp = s_now.AddSeconds(-61) } };
        Assert.True(NodeHealth.Observe(null, node, null, s_now).IsSilent(node, s_now));
    }

    [Theory]
    [InlineData(1, 1, null)]
    [InlineData(3, 3, null)]
    [InlineData(3, 1, 10.0)]
    [InlineData(5, 3, null)]
    [InlineData(60, 40, 100.0)]
    [InlineData(60, 3, 10.0)]
    public void Interval_ByShareOfNodesThatFailed(int nodes, int failed, double? seconds)
    {
        var all = Enumerable.Range(0, nodes).Select(i => NodeWith(("Ready", i < failed ? "Unknown" : "True"))).ToList();
        Assert.Equal(seconds, ZoneDisruption.Interval(ZoneDisruption.ZoneOf(all[0]), all)?.TotalSeconds);
    }

    [Fact]
    public void NotReadyStatus_Twice_ChangesOnce()
    {
        var pod = Given.Pod("a");
        var status = NodeReconciler.NotReadyStatus(pod, s_now)!;
        Assert.Equal("False", status.Conditions.Single(c => c.Type == "Ready").Status);
        Assert.Null(NodeReconciler.NotReadyStatus(pod with { Status = status }, s_now));
    }

    private static Lease LeaseAt(DateTimeOffset renewed) => new() { Spec = new LeaseSpec { RenewTime = renewed } };

    private static Node NodeWith(params (string Type, string Status)[] conditions) => new()
    {
        Metadata = new() { Name = "n", CreationTimestamp = s_now.AddHours(-1) },
        Status = new NodeStatus { Conditions = conditions.Select(c => new NodeCondition { Type = c.Type, Status = c.Status, LastHeartbeatTime = s_now.AddSeconds(-9) }).ToApiList() },
    };
}

using Berth.Api.Core.V1;
using Berth.Controllers.PodGc;

namespace Berth.Controllers.Tests.PodGc;

public sealed class PodGcReconcilerTests
{
    private static readonly HashSet<string> s_none = [];

    [Fact]
    public void Plan_MoreEndedPodsThanAllowed_RemovesEvictedThenOldest()
    {
        var evicted = Given.Pod("evicted", "Failed", ageSeconds: 1);
        evicted = evicted with { Status = evicted.Status with { Reason = "Evicted" } };
        Pod[] pods = [Given.Pod("old", "Succeeded", ageSeconds: 900), Given.Pod("young", "Failed", ageSeconds: 10), Given.Pod("running"), evicted];
        Assert.Equal(["evicted", "old"], PodGcReconciler.Plan(pods, Known, s_none, terminatedMax: 1).Select(r => r.Pod.Metadata.Name));
        Assert.Empty(PodGcReconciler.Plan(pods, Known, s_none, terminatedMax: 3));
    }

    [Fact]
    public void Plan_PodOfALostNode_IsOrphaned()
    {
        var removal = Assert.Single(PodGcReconciler.Plan([Given.Pod("a"), Given.Pod("b", node: "gone")], Known, new HashSet<string> { "gone" }));
        Assert.Equal(("b", PodRemovalReason.Orphaned), (removal.Pod.Metadata.Name, removal.Reason));
    }

    [Fact]
    public void Plan_PodOfANodeThatOnlyTheCacheLacks_Stays() => Assert.Empty(PodGcReconciler.Plan([Given.Pod("b", node: "late")], Known, s_none));

    [Fact]
    public void Plan_DeletedWithoutANode_GoesAtOnce()
    {
        var removal = Assert.Single(PodGcReconciler.Plan([Deleted(Given.Pod("a", node: "")), Given.Pod("b", node: "")], Known, s_none));
        Assert.Equal(("a", PodRemovalReason.Unscheduled), (removal.Pod.Metadata.Name, removal.Reason));
    }

    [Theory]
    [InlineData("True", true, false)]
    [InlineData("Unknown", false, false)]
    [InlineData("Unknown", true, true)]
    public void Plan_DeletedOnANodeOutOfService_GoesWhenTheNodeIsNotReady(string ready, bool tainted, bool goes)
    {
        var node = new Node
        {
            Spec = new NodeSpec { Taints = tainted ? [new Taint { Key = "node.kubernetes.io/out-of-service", Effect = "NoExecute" }] : [] },
            Status = new NodeStatus { Conditions = [new NodeCondition { Type = "Ready", Status = ready }] },
        };
        Assert.Equal(goes, PodGcReconciler.Plan([Deleted(Given.Pod("a"))], _ => node, s_none).Any(r => r.Reason == PodRemovalReason.OutOfService));
    }

    private static Node? Known(string name) => name == "node-1" ? new Node() : null;

    private static Pod Deleted(Pod pod) => pod with { Metadata = pod.Metadata with { DeletionTimestamp = Given.Now } };
}

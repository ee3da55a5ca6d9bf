using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.ReplicaSets;

namespace Berth.Controllers.Tests.ReplicaSets;

public sealed class ReplicaSetReconcilerTests
{
    [Fact]
    public void Plan_TooFewPods_CreatesTheRest()
    {
        var plan = ReplicaSetReconciler.Plan(Set(5), [Given.Pod("a"), Given.Pod("b")], [], Given.Now);

        Assert.Equal(3, plan.Create);
        Assert.Empty(plan.Delete);
    }

    [Fact]
    public void Plan_TooManyPods_DeletesThoseThatServeLeast()
    {
        Pod[] pods = [Given.Pod("a"), Given.Pod("b", ready: false), Given.Pod("c", "Pending", ready: false, node: "")];

        var plan = ReplicaSetReconciler.Plan(Set(1), pods, pods, Given.Now);

        Assert.Equal(0, plan.Create);
        Assert.Equal(["c", "b"], plan.Delete.Select(p => p.Metadata.Name));
    }

    [Fact]
    public void Plan_Enormous_IsBounded() =>
        Assert.Equal(ReplicaSetReconciler.BurstMax, ReplicaSetReconciler.Plan(Set(100_000), [], [], Given.Now).Create);

    [Fact]
    public void Plan_SetBeingDeleted_DoesNothing()
    {
        var set = Set(3);
        set = set with { Metadata = set.Metadata with { DeletionTimestamp = Given.Now } };
        Assert.Equal(ReplicaPlan.Nothing, ReplicaSetReconciler.Plan(set, [], [], Given.Now));
    }

    [Fact]
    public void Status_MixedPods_CountsEach()
    {
        var set = Set(4) with { Spec = Set(4).Spec with { MinReadySeconds = 60 } };
        var unlabeled = Given.Pod("d");
        unlabeled = unlabeled with { Metadata = unlabeled.Metadata with { Labels = [] } };
        Pod[] pods = [Given.Pod("a"), Given.Pod("b", ready: false), Given.Pod("c", ageSeconds: 30), unlabeled];

        var status = ReplicaSetReconciler.Status(set, pods, terminating: 2, failure: null, Given.Now);

        Assert.Equal(new ReplicaSetStatus { Replicas = 4, FullyLabeledReplicas = 3, ReadyReplicas = 3, AvailableReplicas = 2, TerminatingReplicas = 2, ObservedGeneration = 7 }, status);
    }

    [Fact]
    public void Status_FailureAndThenNone_SetsAndRemovesTheCondition()
    {
        var failed = ReplicaSetReconciler.Status(Set(1), [], 0, new ReplicaFailure("FailedCreate", "quota"), Given.Now);
        var condition = Assert.Single(failed.Conditions);
        Assert.Equal(("ReplicaFailure", "True", "FailedCreate", "quota"), (condition.Type, condition.Status, condition.Reason, condition.Message));

        var again = ReplicaSetReconciler.Status(Set(1) with { Status = failed }, [], 0, null, Given.Now);
        Assert.Empty(again.Conditions);
    }

    private static ReplicaSet Set(int replicas) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "set", Generation = 7 },
        Spec = new ReplicaSetSpec { Replicas = replicas, Template = Given.Template() },
    };
}

using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Controllers.Deployments;

namespace Berth.Controllers.Tests.Deployments;

public sealed class DeploymentReconcilerTests
{
    [Fact]
    public void Plan_NewDeployment_CreatesItsFirstSet()
    {
        var rollout = new SimulatedRollout(SimulatedRollout.Start(3), seed: 1);
        rollout.Reconcile();

        var set = Assert.Single(rollout.Sets);
        var hash = set.Metadata.Labels["pod-template-hash"];
        Assert.Equal($"web-{hash}", set.Metadata.Name);
        Assert.Equal(hash, set.Spec.Template.Metadata.Labels["pod-template-hash"]);
        Assert.Equal(hash, set.Spec.Selector!.MatchLabels["pod-template-hash"]);
        Assert.Equal(3, set.Spec.Replicas);
        Assert.Equal("1", set.Metadata.Annotations[DeploymentFacts.Revision]);
        Assert.Equal("3", set.Metadata.Annotations[DeploymentFacts.DesiredReplicas]);
        Assert.Equal("4", set.Metadata.Annotations[DeploymentFacts.MaxReplicas]);
        Assert.Equal([$"Scaled up replica set web-{hash} from 0 to 3"], rollout.Events);
        Assert.Equal("1", rollout.Deployment.Metadata.Annotations[DeploymentFacts.Revision]);
        Assert.Equal("NewReplicaSetCreated", Progressing(rollout)!.Reason);
    }

    [Fact]
    public void Plan_AllAvailable_IsCompleteAndStill()
    {
        var rollout = new SimulatedRollout(SimulatedRollout.Start(3), seed: 1);
        rollout.Settle();

        Assert.Equal(("True", "NewReplicaSetAvailable"), (Progressing(rollout)!.Status, Progressing(rollout)!.Reason));
        Assert.Equal("True", DeploymentConditions.Find(rollout.Deployment.Status.Conditions, "Available")!.Status);
        Assert.Equal((3, 3, 3, 3, 0), Counts(rollout.Deployment.Status));
        Assert.False(rollout.Reconcile());
    }

    [Theory]
    [InlineData(3, "25%", "25%")]
    [InlineData(10, "25%", "25%")]
    [InlineData(10, "0", "1")]
    [InlineData(7, "3", "0")]
    [InlineData(1, "0", "0%")]
    [InlineData(20, "100%", "0")]
    public void Plan_RollingWhilePodsComeByChance_StaysWithinItsBounds(int replicas, string surge, string unavailable)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var start = SimulatedRollout.Start(replicas, Parse(surge), Parse(unavailable));
            var maxPods = replicas + DeploymentFacts.MaxSurge(start);
            var minAvailable = replicas - DeploymentFacts.MaxUnavailable(start);
            var rollout = new SimulatedRollout(start, seed);
            rollout.Settle();
            for (var version = 2; version < 5; version++)
            {
                rollout.Change(s => s with { Template = Given.Template($"web:{version}") });
                for (var i = 0; i < 12; i++)
                {
                    rollout.Reconcile(stale: true);
                    Assert.True(rollout.Wanted <= maxPods, $"seed {seed}: {rollout.Wanted} pods, at most {maxPods} may be");
                    Assert.True(rollout.Available >= minAvailable, $"seed {seed}: {rollout.Available} available, {minAvailable} must be");
                    rollout.RunPods(0.3);
                }
            }

            rollout.Settle();
            var set = Assert.Single(rollout.Sets, s => s.Spec.Replicas > 0);
            Assert.Equal("web:4", set.Spec.Template.Spec.Containers[0].Image);
            Assert.Equal((replicas, replicas, replicas, replicas, 0), Counts(rollout.Deployment.Status));
            Assert.False(rollout.Reconcile());
        }
    }

    [Fact]
    public void Plan_Recreate_WaitsForTheLastOldPod()
    {
        var rollout = new SimulatedRollout(SimulatedRollout.Start(3, recreate: true), seed: 1);
        rollout.Settle();
        rollout.Change(s => s with { Template = Given.Template("web:2") });
        rollout.Reconcile();
        Assert.Equal(0, rollout.Wanted);
        rollout.Reconcile();
        Assert.Single(rollout.Sets);

        rollout.RunPods();
        rollout.Settle();

        Assert.Equal(2, rollout.Sets.Count);
        Assert.Equal("web:2", Assert.Single(rollout.Sets, s => s.Spec.Replicas == 3).Spec.Template.Spec.Containers[0].Image);
    }

    [Fact]
    public void Plan_BackToAnEarlierTemplate_ReusesItsSetWithANewRevision()
    {
        var rollout = new SimulatedRollout(SimulatedRollout.Start(2), seed: 1);
        rollout.Settle();
        var first = Assert.Single(rollout.Sets).Metadata.Name;
        rollout.Change(s => s with { Template = Given.Template("web:2") });
        rollout.Settle();
        rollout.Change(s => s with { Template = Given.Template() });
        rollout.Settle();

        var set = Assert.Single(rollout.Sets, s => s.Spec.Replicas == 2);
        Assert.Equal(first, set.Metadata.Name);
        Assert.Equal("3", set.Metadata.Annotations[DeploymentFacts.Revision]);
        Assert.Equal("1", set.Metadata.Annotations[DeploymentFacts.RevisionHistory]);
        Assert.Equal("3", rollout.Deployment.Metadata.Annotations[DeploymentFacts.Revision]);
    }

    [Fact]
    public void Plan_MoreOldSetsThanTheLimit_DeletesTheOldest()
    {
        var rollout = new SimulatedRollout(SimulatedRollout.Start(1), seed: 1);
        rollout.Change(s => s with { RevisionHistoryLimit = 2 });
        rollout.Settle();
        for (var version = 2; version <= 6; version++)
        {
            rollout.Change(s => s with { Template = Given.Template($"web:{version}") });
            rollout.Settle();
        }

        Assert.Equal(["4", "5", "6"], rollout.Sets.Select(s => s.Metadata.Annotations[DeploymentFacts.Revision]).Order());
    }

    [Fact]
    public void Plan_Paused_ScalesButDoesNotRoll()
    {
        var rollout = new SimulatedRollout(SimulatedRollout.Start(3), seed: 1);
        rollout.Settle();
        rollout.Change(s => s with { Paused = true, Template = Given.Template("web:2"), Replicas = 5 });
        rollout.Settle();

        Assert.Equal(5, Assert.Single(rollout.Sets).Spec.Replicas);
        Assert.Equal(("Unknown", "DeploymentPaused"), (Progressing(rollout)!.Status, Progressing(rollout)!.Reason));
        rollout.Change(s => s with { Paused = false });
        rollout.Reconcile();
        Assert.Equal(2, rollout.Sets.Count);
    }

    [Fact]
    public void Plan_ScaledInTheMiddleOfARollout_GivesEachSetItsShare()
    {
        var rollout = new SimulatedRollout(SimulatedRollout.Start(10, 3, 2), seed: 1);
        rollout.Settle();
        rollout.Change(s => s with { Template = Given.Template("web:2") });
        rollout.Reconcile();
        rollout.RunPods(0);
        rollout.Reconcile();
        rollout.RunPods(0);
        Assert.Equal([5, 8], rollout.Sets.Select(s => s.Spec.Replicas ?? 0).Order());

        rollout.Change(s => s with { Replicas = 15 });
        rollout.Reconcile();

        Assert.Equal([7, 11], rollout.Sets.Select(s => s.Spec.Replicas ?? 0).Order());
    }

    [Fact]
    public void Plan_NoProgressWithinTheDeadline_SaysSo()
    {
        var rollout = new SimulatedRollout(SimulatedRollout.Start(2), seed: 1);
        rollout.Settle();
        rollout.Change(s => s with { Template = Given.Template("broken") });
        for (var i = 0; i < 5; i++)
        {
            rollout.Reconcile();
            rollout.RunPods(0);
        }

        rollout.Now = rollout.Now.AddSeconds(599);
        rollout.Reconcile();
        Assert.Equal("True", Progressing(rollout)!.Status);
        rollout.Now = rollout.Now.AddSeconds(3);
        rollout.Reconcile();

        Assert.Equal(("False", "ProgressDeadlineExceeded"), (Progressing(rollout)!.Status, Progressing(rollout)!.Reason));
    }

    private static DeploymentCondition? Progressing(SimulatedRollout rollout) => DeploymentConditions.Find(rollout.Deployment.Status.Conditions, "Progressing");

    private static (int, int, int, int, int) Counts(DeploymentStatus s) => (s.Replicas, s.UpdatedReplicas, s.ReadyReplicas, s.AvailableReplicas, s.UnavailableReplicas);

    private static IntOrString Parse(string text) => text.EndsWith('%') ? text : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}

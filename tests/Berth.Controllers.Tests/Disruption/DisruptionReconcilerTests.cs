using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Policy.V1;
using Berth.Controllers.Disruption;

namespace Berth.Controllers.Tests.Disruption;

public sealed class DisruptionReconcilerTests
{
    private static readonly DateTimeOffset s_now = Given.Now;
    private static readonly ReplicaSet s_owner = new() { Metadata = new() { Name = "web", Namespace = "default", Uid = "rs" } };

    [Theory]
    [InlineData("2", null, 3, 3, 2, 3, 1)]
    [InlineData("4", null, 3, 3, 4, 3, 0)]
    [InlineData("50%", null, 5, 5, 3, 5, 2)]
    [InlineData(null, "1", 5, 5, 4, 5, 1)]
    [InlineData(null, "1", 5, 3, 4, 5, 0)]
    [InlineData(null, "30%", 10, 10, 7, 10, 3)]
    [InlineData(null, "100%", 4, 4, 0, 4, 4)]
    public void Plan_BudgetAndPods_GiveTheCounts(string? min, string? max, int scale, int ready, int desired, int expected, int allowed)
    {
        var status = DisruptionReconciler.Plan(Budget(min, max), Pods(scale, ready), (_, _) => scale, s_now).Status;
        Assert.Equal((ready, desired, expected, allowed), (status.CurrentHealthy, status.DesiredHealthy, status.ExpectedPods, status.DisruptionsAllowed));
        var condition = Assert.Single(status.Conditions);
        Assert.Equal((allowed > 0 ? "True" : "False", allowed > 0 ? "SufficientPods" : "InsufficientPods"), (condition.Status, condition.Reason));
        Assert.Equal(7, status.ObservedGeneration);
    }

    [Fact]
    public void Plan_NoPods_AllowsNothing() =>
        Assert.Equal(0, DisruptionReconciler.Plan(Budget("0", null), [], (_, _) => 0, s_now).Status.DisruptionsAllowed);

    [Fact]
    public void Plan_AllowedEvictionNotYetSeen_CountsAsGone()
    {
        var budget = Budget("1", null) with { Status = new() { DisruptedPods = ApiMap<Time>.Empty.With("pod-0", s_now.AddSeconds(-10)) } };
        var plan = DisruptionReconciler.Plan(budget, Pods(3, 3), (_, _) => 3, s_now);
        Assert.Equal((2, 1), (plan.Status.CurrentHealthy, plan.Status.DisruptionsAllowed));
        Assert.True(plan.Status.DisruptedPods.ContainsKey("pod-0"));
        Assert.Equal(111, plan.Recheck!.Value.TotalSeconds);
    }

    [Fact]
    public void Plan_AllowedEvictionThatNeverCame_CountsAgain()
    {
        var budget = Budget("1", null) with { Status = new() { DisruptedPods = ApiMap<Time>.Empty.With("pod-0", s_now.AddSeconds(-121)).With("gone", s_now) } };
        var plan = DisruptionReconciler.Plan(budget, Pods(3, 3), (_, _) => 3, s_now);
        Assert.Equal(3, plan.Status.CurrentHealthy);
        Assert.True(plan.Status.DisruptedPods.IsEmpty);
        Assert.Equal("pod-0", Assert.Single(plan.Overdue).Metadata.Name);
        Assert.Null(plan.Recheck);
    }

    [Fact]
    public void Plan_PodsBeingDeleted_AreNotHealthy()
    {
        var pods = Pods(3, 3);
        pods[0] = pods[0] with { Metadata = pods[0].Metadata with { DeletionTimestamp = s_now } };
        Assert.Equal(2, DisruptionReconciler.Plan(Budget("1", null), pods, (_, _) => 3, s_now).Status.CurrentHealthy);
    }

    [Fact]
    public void Plan_PodsWithoutController_AreNamed() =>
        Assert.Equal(["lone"], DisruptionReconciler.Plan(Budget(null, "1"), [Given.Pod("lone")], (_, _) => 1, s_now).Unmanaged);

    [Fact]
    public void Plan_ShareThatIsNone_IsTold() =>
        Assert.Throws<DisruptionException>(() => DisruptionReconciler.Plan(Budget("half", null), Pods(1, 1), (_, _) => 1, s_now));

    [Fact]
    public void Plan_AnyBudget_SecondRunChangesNothing()
    {
        var random = new Random(11);
        for (var i = 0; i < 300; i++)
        {
            var scale = random.Next(8);
            var pods = Pods(scale, random.Next(scale + 1));
            var budget = Budget(random.Next(2) == 0 ? random.Next(5).ToString(System.Globalization.CultureInfo.InvariantCulture) : null, $"{random.Next(101)}%");
            if (budget.Spec.MinAvailable is not null)
                budget = budget with { Spec = budget.Spec with { MaxUnavailable = null } };
            budget = budget with { Status = DisruptionReconciler.Plan(budget, pods, (_, _) => scale, s_now).Status };
            var again = DisruptionReconciler.Plan(budget, pods, (_, _) => scale, s_now.AddSeconds(3)).Status;
            Assert.Equal(budget.Status, again);
            Assert.True(again.DisruptionsAllowed <= Math.Max(0, again.CurrentHealthy - again.DesiredHealthy));
        }
    }

    [Fact]
    public void Failed_AllowsNothingAndSaysWhy()
    {
        var budget = Budget("1", null) with { Status = new() { DisruptionsAllowed = 3 } };
        var status = DisruptionReconciler.Failed(budget, "why", s_now);
        Assert.Equal((0, "SyncFailed", "why"), (status.DisruptionsAllowed, status.Conditions[0].Reason, status.Conditions[0].Message));
    }

    [Fact]
    public void StaleAt_MarkedPodThatLives_TwoMinutesLater()
    {
        var pod = Given.Pod("a");
        Assert.Null(DisruptionReconciler.StaleAt(pod));
        pod = pod with { Status = pod.Status with { Conditions = pod.Status.Conditions.Add(new PodCondition { Type = "DisruptionTarget", Status = "True", LastTransitionTime = s_now }) } };
        Assert.Equal(s_now.AddMinutes(2), DisruptionReconciler.StaleAt(pod));
        Assert.Null(DisruptionReconciler.StaleAt(pod with { Metadata = pod.Metadata with { DeletionTimestamp = s_now } }));
    }

    private static List<Pod> Pods(int count, int ready) => [.. Enumerable.Range(0, count).Select(i => Given.Pod($"pod-{i}", ready: i < ready).OwnedBy(s_owner))];

    private static PodDisruptionBudget Budget(string? min, string? max) => new()
    {
        Metadata = new ObjectMeta { Name = "b", Namespace = "default", Generation = 7 },
        Spec = new PodDisruptionBudgetSpec { MinAvailable = Value(min), MaxUnavailable = Value(max), Selector = new LabelSelector() },
    };

    private static IntOrString? Value(string? text)
    {
        if (text is null)
            return null;
        return int.TryParse(text, out var number) ? new IntOrString(number) : new IntOrString(text);
    }
}

using Berth.Api;
using Berth.Api.Autoscaling.V2;
using Berth.Api.Meta.V1;
using Berth.Controllers.Autoscaling;

namespace Berth.Controllers.Tests.Autoscaling;

public sealed class AutoscalerReconcilerTests
{
    [Fact]
    public void Plan_MetricAboveTarget_GrowsAtMostTwofold()
    {
        var plan = AutoscalerReconciler.Plan(Autoscaler(), 3, [Asks(50)], AutoscalerHistory.Begin(3, Given.Now), Given.Now);
        Assert.Equal(new Rescale(3, 6, "cpu resource utilization (percentage of request) above target"), plan.Rescale);
        Assert.Equal("True ScaleUpLimit", Condition(plan, "ScalingLimited"));
        Assert.Equal("True ValidMetricFound", Condition(plan, "ScalingActive"));
        Assert.Equal("True ReadyForNewScale", Condition(plan, "AbleToScale"));
        var done = AutoscalerReconciler.Conclude(plan, null, Given.Now);
        Assert.Equal("True SucceededRescale", Condition(done, "AbleToScale"));
        Assert.Equal("New size: 6; reason: cpu resource utilization (percentage of request) above target", done.Problems.Single(e => e.Reason == "SuccessfulRescale").Message);
        Assert.Equal((3, 6), (done.Status.CurrentReplicas, done.Status.DesiredReplicas));
        Assert.Equal(Given.Now, done.Status.LastScaleTime!.Value.Value);
        var failed = AutoscalerReconciler.Conclude(plan, "no", Given.Now);
        Assert.Equal("False FailedUpdateScale", Condition(failed, "AbleToScale"));
        Assert.Null(failed.Status.LastScaleTime);
    }

    [Fact]
    public void Plan_MetricBelowTarget_ShrinksOnlyAfterTheWindow()
    {
        var history = AutoscalerHistory.Begin(8, Given.Now);
        var now = Given.Now.AddMinutes(4);
        var plan = AutoscalerReconciler.Plan(Autoscaler(), 8, [Asks(2)], history, now);
        Assert.Null(plan.Rescale);
        Assert.Equal("True ScaleDownStabilized", Condition(plan, "AbleToScale"));
        plan = AutoscalerReconciler.Plan(Autoscaler(), 8, [Asks(2)], plan.History, now.AddMinutes(2));
        Assert.Equal(new Rescale(8, 2, "All metrics below target"), plan.Rescale);
    }

    [Theory]
    [InlineData(12, 10, "Current number of replicas above Spec.MaxReplicas")]
    [InlineData(1, 2, "Current number of replicas below Spec.MinReplicas")]
    public void Plan_OutsideTheBounds_GoesToThemWithoutMetrics(int current, int to, string reason)
    {
        Assert.False(AutoscalerReconciler.NeedsMetrics(Autoscaler(), current));
        Assert.Equal(new Rescale(current, to, reason), AutoscalerReconciler.Plan(Autoscaler(), current, [], AutoscalerHistory.Begin(current, Given.Now), Given.Now).Rescale);
    }

    [Fact]
    public void Plan_SwitchedOff_StaysOff()
    {
        var plan = AutoscalerReconciler.Plan(Autoscaler(), 0, [], AutoscalerHistory.Begin(0, Given.Now), Given.Now);
        Assert.Null(plan.Rescale);
        Assert.Equal("False ScalingDisabled", Condition(plan, "ScalingActive"));
    }

    [Fact]
    public void Plan_OneOfTwoMetricsFails_GrowsButNeverShrinks()
    {
        var history = AutoscalerHistory.Begin(1, Given.Now.AddHours(-2));
        var failure = new MetricResult.Failure("FailedGetPodsMetric", "nobody serves it", "failed to get pods metric value: ");
        var down = AutoscalerReconciler.Plan(Autoscaler(), 4, [failure, Asks(2)], history, Given.Now);
        Assert.Null(down.Rescale);
        Assert.Equal("False FailedGetPodsMetric", Condition(down, "ScalingActive"));
        Assert.Equal("the HPA was unable to compute the replica count: nobody serves it", down.Status.Conditions.Single(c => c.Type == "ScalingActive").Message);
        Assert.Equal(
            "invalid metrics (1 invalid out of 2), first error is: failed to get pods metric value: nobody serves it",
            down.Problems.Single(e => e.Reason == "FailedComputeMetricsReplicas").Message);
        var up = AutoscalerReconciler.Plan(Autoscaler(), 4, [failure, Asks(6)], history, Given.Now);
        Assert.Equal(6, up.Rescale!.To);
        Assert.Equal("True ValidMetricFound", Condition(up, "ScalingActive"));
    }

    [Fact]
    public void Plan_Behavior_PacesBothWays()
    {
        var autoscaler = Autoscaler(new HorizontalPodAutoscalerBehavior
        {
            ScaleUp = new HPAScalingRules { StabilizationWindowSeconds = 0, SelectPolicy = "Max", Policies = [Policy("Pods", 1, 60)] },
            ScaleDown = new HPAScalingRules { StabilizationWindowSeconds = 0, SelectPolicy = "Max", Policies = [Policy("Percent", 50, 60)] },
        });
        var history = AutoscalerHistory.Begin(4, Given.Now);
        var first = Run(autoscaler, 4, 9, ref history, Given.Now);
        Assert.Equal(5, first);
        // The minute's one pod has been added.
        Assert.Equal(5, Run(autoscaler, 5, 9, ref history, Given.Now.AddSeconds(30)));
        Assert.Equal(6, Run(autoscaler, 5, 9, ref history, Given.Now.AddSeconds(61)));
        Assert.Equal(3, Run(autoscaler, 6, 2, ref history, Given.Now.AddSeconds(200)));
        Assert.Equal(3, Run(autoscaler, 3, 2, ref history, Given.Now.AddSeconds(210)));
        Assert.Equal(2, Run(autoscaler, 3, 2, ref history, Given.Now.AddSeconds(261)));
    }

    [Fact]
    public void Plan_DisabledPolicy_NeverShrinks()
    {
        var autoscaler = Autoscaler(new HorizontalPodAutoscalerBehavior
        {
            ScaleUp = new HPAScalingRules { SelectPolicy = "Max", Policies = [Policy("Pods", 4, 15)] },
            ScaleDown = new HPAScalingRules { SelectPolicy = "Disabled", StabilizationWindowSeconds = 0, Policies = [Policy("Percent", 100, 15)] },
        });
        var history = AutoscalerHistory.Begin(1, Given.Now.AddHours(-2));
        Assert.Equal(8, Run(autoscaler, 8, 2, ref history, Given.Now));
    }

    [Fact]
    public void Plan_AnyHistory_StaysInBoundsAndComesToRest()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var autoscaler = Autoscaler(random.Next(2) == 0 ? null : new HorizontalPodAutoscalerBehavior
            {
                ScaleUp = Rules(random),
                ScaleDown = Rules(random),
            });
            var current = random.Next(2, 11);
            var now = Given.Now;
            var history = AutoscalerHistory.Begin(current, now);
            for (var round = 0; round < 400; round++)
            {
                var asked = round < 100 ? random.Next(0, 20) : 5;
                var before = current;
                current = Run(autoscaler, current, asked, ref history, now);
                Assert.True(current is >= 2 and <= 10, $"seed {seed}: {current}");
                // Smoothing and rates slow a change down; they never turn it round.
                Assert.True(asked < before || current >= before || history.Recommendations.Any(r => r.Replicas <= current), $"seed {seed}, round {round}: {before} to {current}, asked {asked}");
                now = now.AddSeconds(15);
            }

            var frozen = autoscaler.Spec.Behavior is { } behavior && ((current > 5 && behavior.ScaleDown!.SelectPolicy == "Disabled") || (current < 5 && behavior.ScaleUp!.SelectPolicy == "Disabled"));
            Assert.True(current == 5 || frozen, $"seed {seed}: rests at {current}");
            Assert.True(history.Recommendations.Count <= 242, $"{history.Recommendations.Count} recommendations are remembered");
        }
    }

    private static int Run(HorizontalPodAutoscaler autoscaler, int current, int asked, ref AutoscalerHistory history, DateTimeOffset now)
    {
        var plan = AutoscalerReconciler.Conclude(AutoscalerReconciler.Plan(autoscaler, current, [Asks(asked)], history, now), null, now);
        history = plan.History;
        return plan.Rescale?.To ?? current;
    }

    private static HPAScalingRules Rules(Random random) => new()
    {
        StabilizationWindowSeconds = random.Next(0, 4) * 60,
        SelectPolicy = new[] { "Max", "Min", "Disabled" }[random.Next(3)],
        Policies = [Policy("Pods", random.Next(1, 4), random.Next(15, 120)), Policy("Percent", random.Next(20, 200), random.Next(15, 120))],
    };

    private static HPAScalingPolicy Policy(string type, int value, int seconds) => new() { Type = type, Value = value, PeriodSeconds = seconds };

    private static string Condition(AutoscalerPlan plan, string type)
    {
        var condition = plan.Status.Conditions.Single(c => c.Type == type);
        return $"{condition.Status} {condition.Reason}";
    }

    private static MetricResult Asks(int replicas) => new MetricResult.Proposal(replicas, "cpu resource utilization (percentage of request)", new MetricStatus { Type = "Resource" });

    private static HorizontalPodAutoscaler Autoscaler(HorizontalPodAutoscalerBehavior? behavior = null) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default" },
        Spec = new HorizontalPodAutoscalerSpec { MinReplicas = 2, MaxReplicas = 10, Behavior = behavior },
    };
}

using Berth.Api;
using Berth.Api.Autoscaling.V2;
using Berth.Api.Meta.V1;
using Berth.Controllers.Autoscaling;

namespace Berth.Controllers.Tests.Autoscaling;

public sealed class MetricEvaluationTests
{
    [Fact]
    public void Evaluate_ResourceUtilization_TellsPercentAndAmount()
    {
        var math = ReplicaMathTests.Math(2);
        var result = Proposal(Resource(50), new MetricReading.OfPods(ReplicaMathTests.Readings(math, 100)), math);
        Assert.Equal((4, "cpu resource utilization (percentage of request)"), (result.Replicas, result.Name));
        Assert.Equal(100, result.Status.Resource!.Current.AverageUtilization);
        Assert.Equal("100m", result.Status.Resource.Current.AverageValue.ToString());
    }

    [Fact]
    public void Evaluate_NothingServesPodMetrics_SaysWhatIsMissing()
    {
        var spec = new MetricSpec { Type = "Pods", Pods = new PodsMetricSource { Metric = new MetricIdentifier { Name = "rps" }, Target = new MetricTarget { Type = "AverageValue", AverageValue = Quantity.FromUnits(10) } } };
        var failure = Assert.IsType<MetricResult.Failure>(MetricEvaluation.Evaluate(
            spec, new MetricReading.Failed("unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"), ReplicaMathTests.Math(1), "default"));
        Assert.Equal("FailedGetPodsMetric", failure.Reason);
        Assert.Equal("unable to get metric rps: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered", failure.Message);
    }

    [Fact]
    public void Evaluate_External_SharesTheNumber()
    {
        var metric = new MetricIdentifier { Name = "queue", Selector = new LabelSelector { MatchLabels = ApiMap.Of(("q", "a")) } };
        var spec = new MetricSpec { Type = "External", External = new ExternalMetricSource { Metric = metric, Target = new MetricTarget { Type = "AverageValue", AverageValue = Quantity.FromUnits(10) } } };
        var result = Proposal(spec, new MetricReading.OfObject(100_000), ReplicaMathTests.Math(4));
        Assert.Equal(10, result.Replicas);
        Assert.Equal("external metric queue(&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},})", result.Name);
        Assert.Equal("25", result.Status.External!.Current.AverageValue.ToString());
    }

    [Fact]
    public void Evaluate_Object_FollowsValue()
    {
        var source = new ObjectMetricSource
        {
            DescribedObject = new CrossVersionObjectReference { ApiVersion = "v1", Kind = "Service", Name = "s" },
            Metric = new MetricIdentifier { Name = "requests" },
            Target = new MetricTarget { Type = "Value", Value = Quantity.FromUnits(10) },
        };
        var spec = new MetricSpec { Type = "Object", Object = source };
        Assert.Equal((6, "Service metric requests"), (Proposal(spec, new MetricReading.OfObject(20_000), ReplicaMathTests.Math(3)).Replicas, Proposal(spec, new MetricReading.OfObject(20_000), ReplicaMathTests.Math(3)).Name));
        var failure = Assert.IsType<MetricResult.Failure>(MetricEvaluation.Evaluate(spec, new MetricReading.Failed("gone"), ReplicaMathTests.Math(1), "default"));
        Assert.Equal(("FailedGetObjectMetric", "unable to get metric requests: gone on Service default/s"), (failure.Reason, failure.Message));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("50m", 0.05)]
    [InlineData("0.0005", 0.0005)]
    [InlineData("1", 1)]
    public void Tolerance_IsReadExactly(string text, double expected)
    {
        var behavior = new HorizontalPodAutoscalerBehavior { ScaleUp = new HPAScalingRules { Tolerance = Quantity.Parse(text) } };
        Assert.Equal(expected, Tolerances.Of(behavior).Up, 9);
        Assert.Equal(0.1, Tolerances.Of(behavior).Down, 9);
    }

    private static MetricSpec Resource(int percent) =>
        new() { Type = "Resource", Resource = new ResourceMetricSource { Name = "cpu", Target = new MetricTarget { Type = "Utilization", AverageUtilization = percent } } };

    private static MetricResult.Proposal Proposal(MetricSpec spec, MetricReading reading, ReplicaMath math) =>
        Assert.IsType<MetricResult.Proposal>(MetricEvaluation.Evaluate(spec, reading, math, "default"));
}

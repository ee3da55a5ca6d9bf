using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Controllers.Autoscaling;

namespace Berth.Controllers.Tests.Autoscaling;

public sealed class ReplicaMathTests
{
    [Theory]
    [InlineData(3, 100, 50, 6)]
    [InlineData(3, 25, 50, 2)]
    [InlineData(3, 54, 50, 3)] // Within the tolerance.
    [InlineData(3, 56, 50, 4)]
    [InlineData(4, 0, 50, 0)]
    public void ForUtilization_AllPodsReady_IsProportional(int pods, int used, int target, int expected)
    {
        var math = Math(pods);
        var (replicas, utilization, average) = math.ForUtilization(Readings(math, used), target, "cpu", "");
        Assert.Equal((expected, used, (long)used), (replicas, utilization, average));
    }

    [Fact]
    public void ForUtilization_PodWithoutReading_HoldsBackBothWays()
    {
        var math = Math(3);
        // Up: two at 200 % of the target and one taken as idle ask for 4 instead of 6.
        Assert.Equal(4, math.ForUtilization(Readings(math, 100, without: 1), 50, "cpu", "").Replicas);
        // Down: two idle ones and one taken to use all of its request (100 % > 50 %): 100 of 150, no change of direction.
        Assert.Equal(2, math.ForUtilization(Readings(math, 0, without: 1), 50, "cpu", "").Replicas);
        // Missing ones would turn it round: nothing happens.
        Assert.Equal(3, math.ForUtilization(Readings(math, 40, without: 2), 50, "cpu", "").Replicas);
    }

    [Fact]
    public void ForUtilization_PodIsStarting_CountsAsIdleOnTheWayUpOnly()
    {
        var math = Math(3);
        math = math with { Pods = [.. math.Pods.Take(2), math.Pods[2] with { Status = math.Pods[2].Status with { StartTime = Given.Now.AddSeconds(-20), Conditions = [Ready("False", 20)] } }] };
        Assert.Equal(4, math.ForUtilization(Readings(math, 100), 50, "cpu", "").Replicas);
        Assert.Equal(1, math.ForUtilization(Readings(math, 25), 50, "cpu", "").Replicas);
        // Memory does not mislead while a pod starts.
        Assert.Equal(6, math.ForUtilization(Readings(math, 100), 50, "memory", "").Replicas);
    }

    [Fact]
    public void ForUtilization_NoRequest_SaysWhichContainer()
    {
        var math = Math(1);
        math = math with { Pods = [math.Pods[0] with { Spec = math.Pods[0].Spec with { Containers = [new Container { Name = "main" }] } }] };
        var problem = Assert.Throws<MetricException>(() => math.ForUtilization(Readings(math, 10), 50, "cpu", ""));
        Assert.Equal("missing request for cpu in container main of Pod p0", problem.Message);
    }

    [Fact]
    public void ForUtilization_ContainerNamed_IsMeasuredAlone()
    {
        var math = Math(2);
        Assert.Equal(4, math.ForUtilization(Readings(math, 100), 50, "cpu", "main").Replicas);
        Assert.Equal("container side not found in Pod p0", Assert.Throws<MetricException>(() => math.ForUtilization(Readings(math, 100), 50, "cpu", "side")).Message);
    }

    [Fact]
    public void ForUtilization_NothingKnown_IsAnError()
    {
        var math = Math(2);
        Assert.Equal(
            "did not receive metrics for targeted pods (pods might be unready)",
            Assert.Throws<MetricException>(() => math.ForUtilization(Readings(math, 1, without: 2), 50, "cpu", "")).Message);
        Assert.Equal(
            "no pods returned by selector while calculating replica count",
            Assert.Throws<MetricException>(() => (math with { Pods = [] }).ForAverage(Readings(math, 1), 50, "")).Message);
    }

    [Fact]
    public void ForValueAndShare_FollowTheNumber()
    {
        var math = Math(4);
        Assert.Equal(8, math.ForValue(200_000, 100_000));
        Assert.Equal(4, math.ForValue(105_000, 100_000));
        Assert.Equal(2, (math with { Current = 0 }).ForValue(150_000, 100_000));
        Assert.Equal((10, 250_000L), math.ForShare(1_000_000, 100_000));
        Assert.Equal((4, 100_000L), math.ForShare(400_000, 100_000));
        Assert.Equal(int.MaxValue, math.ForShare(long.MaxValue, 1).Replicas);
    }

    [Fact]
    public void ForAverage_WhateverIsKnown_NeverOvershootsWhatIsCertain()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var math = Math(random.Next(1, 20));
            var readings = math.Pods.Where(_ => random.NextDouble() < 0.8).ToDictionary(p => p.Metadata.Name, _ => Reading(random.Next(0, 400)));
            if (readings.Count == 0)
                continue;
            var (replicas, average) = math.ForAverage(readings, 100, "");
            // With every missing pod at nothing, and with every one at the target: the answer lies between.
            var least = (int)System.Math.Ceiling(readings.Values.Sum(r => r.Milli) / 100.0);
            var most = least + math.Pods.Count - readings.Count;
            Assert.True(replicas == math.Current || (replicas >= least - 1 && replicas <= most + 1), $"{replicas} with {least}..{most} (average {average}, round {i})");
        }
    }

    internal static ReplicaMath Math(int pods) => new(pods, pods, [.. Enumerable.Range(0, pods).Select(Pod)], new Tolerances(0.1, 0.1), Given.Now);

    internal static Dictionary<string, PodReading> Readings(ReplicaMath math, long milli, int without = 0) =>
        math.Pods.Skip(without).ToDictionary(p => p.Metadata.Name, _ => Reading(milli));

    private static PodReading Reading(long milli) => new(Given.Now, TimeSpan.FromSeconds(15), milli);

    private static PodCondition Ready(string status, int agoSeconds) => new() { Type = "Ready", Status = status, LastTransitionTime = Given.Now.AddSeconds(-agoSeconds) };

    private static Pod Pod(int i)
    {
        var pod = Given.Pod($"p{i}");
        var requests = ApiMap<Quantity>.Empty.With("cpu", Quantity.FromMilli(100)).With("memory", Quantity.FromMilli(100));
        return pod with
        {
            Spec = pod.Spec with { Containers = [pod.Spec.Containers[0] with { Resources = new ResourceRequirements { Requests = requests } }] },
            Status = pod.Status with { StartTime = Given.Now.AddSeconds(-600) },
        };
    }
}

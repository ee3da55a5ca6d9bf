using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Controllers.NodeLifecycle;

namespace Berth.Controllers.Tests.NodeLifecycle;

public sealed class TaintEvictionTests
{
    private static readonly DateTimeOffset s_now = Given.Now;

    [Fact]
    public void Due_NoTolerance_IsNow() => Assert.True(TaintEviction.Due(PodWith(), NodeWith("a"), s_now) <= s_now);

    [Fact]
    public void Due_NoNoExecuteTaint_IsNever() =>
        Assert.Null(TaintEviction.Due(PodWith(), new Node { Spec = new NodeSpec { Taints = [new Taint { Key = "a", Effect = "NoSchedule" }] } }, s_now));

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(30L, null, 30)]
    [InlineData(30L, 10L, 10)]
    [InlineData(30L, 300L, 30)]
    public void Due_TwoTaints_ShortestToleranceCounts(long? first, long? second, int? seconds)
    {
        var pod = PodWith(Tolerate("a", first), Tolerate("b", second));
        var expected = seconds is { } s ? s_now.AddSeconds(s) : (DateTimeOffset?)null;
        Assert.Equal(expected, TaintEviction.Due(pod, NodeWith("a", "b"), s_now));
    }

    [Fact]
    public void Due_SecondsOfZeroOrLess_IsNow() => Assert.True(TaintEviction.Due(PodWith(Tolerate("a", -1)), NodeWith("a"), s_now) <= s_now);

    [Fact]
    public void Since_PodYoungerThanTheTaint_CountsFromThePod()
    {
        var node = NodeWith("a");
        node = node with { Spec = node.Spec with { Taints = node.Spec.Taints.Map(t => t with { TimeAdded = s_now.AddHours(-1) }) } };
        Assert.Equal(s_now.AddSeconds(-20), TaintEviction.Since(Given.Pod("p", ageSeconds: 20), node, s_now));
        Assert.Equal(s_now.AddHours(-1), TaintEviction.Since(Given.Pod("p", ageSeconds: 7200), node, s_now));
        Assert.Equal(s_now, TaintEviction.Since(Given.Pod("p"), NodeWith("a"), s_now));
    }

    [Fact]
    public void Marked_Twice_ChangesOnce()
    {
        var pod = Given.Pod("p");
        var marked = pod with { Status = PodDisruption.Marked(pod, "DeletionByTaintManager", "m", s_now) };
        Assert.Contains(marked.Status.Conditions, c => c is { Type: "DisruptionTarget", Status: "True", Reason: "DeletionByTaintManager" });
        Assert.Same(marked.Status, PodDisruption.Marked(marked, "DeletionByTaintManager", "m", s_now.AddSeconds(5)));
    }

    private static Toleration Tolerate(string key, long? seconds) => new() { Key = key, Operator = "Exists", Effect = "NoExecute", TolerationSeconds = seconds };

    private static Pod PodWith(params Toleration[] tolerations) =>
        Given.Pod("p") is var pod ? pod with { Spec = pod.Spec with { Tolerations = tolerations.ToApiList() } } : pod;

    private static Node NodeWith(params string[] taints) =>
        new() { Spec = new NodeSpec { Taints = taints.Select(t => new Taint { Key = t, Effect = "NoExecute" }).ToApiList() } };
}

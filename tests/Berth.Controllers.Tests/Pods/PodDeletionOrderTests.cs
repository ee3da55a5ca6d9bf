using Berth.Api.Core.V1;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Tests.Pods;

public sealed class PodDeletionOrderTests
{
    [Fact]
    public void Sort_PodsOfDifferentWorth_CheapestFirst()
    {
        var expected = new[]
        {
            Given.Pod("unassigned", "Pending", ready: false, node: ""),
            Given.Pod("pending", "Pending", ready: false),
            Given.Pod("unknown", "Unknown", ready: false),
            Given.Pod("unready", ready: false),
            WithCost(Given.Pod("cheap"), "-5"),
            Given.Pod("crowded", node: "node-2"),
            Given.Pod("young", ageSeconds: 30),
            WithRestarts(Given.Pod("restarted"), 3),
            Given.Pod("plain"),
            WithCost(Given.Pod("dear"), "100"),
        };
        var shuffled = expected.ToArray();
        new Random(7).Shuffle(shuffled);
        var others = Enumerable.Range(0, 20).Select(i => Given.Pod($"other-{i}", node: "node-2"));

        var sorted = PodDeletionOrder.Sort(shuffled, expected.Concat(others), Given.Now);

        Assert.Equal(expected.Select(p => p.Metadata.Name), sorted.Select(p => p.Metadata.Name));
    }

    private static Pod WithCost(Pod pod, string cost) =>
        pod with { Metadata = pod.Metadata with { Annotations = pod.Metadata.Annotations.With("controller.kubernetes.io/pod-deletion-cost", cost) } };

    private static Pod WithRestarts(Pod pod, int restarts) =>
        pod with { Status = pod.Status with { ContainerStatuses = [new ContainerStatus { Name = "main", RestartCount = restarts }] } };
}

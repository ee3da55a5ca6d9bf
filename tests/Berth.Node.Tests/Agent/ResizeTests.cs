using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Linux.Cgroups;
using Berth.Node.Tests.Runtime;

namespace Berth.Node.Tests.Agent;

/// <summary>Running pods that are to get other resources.</summary>
public sealed class ResizeTests(ContainerdFixture fixture)
{
    private const string Forever = "trap 'exit 0' TERM; while true; do sleep 0.1; done";

    [Fact]
    public async Task Resize_InPlace_ChangesTheCgroupsAndKeepsTheContainer()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(Sized("grows", "100m", "32Mi"));
        var before = await cluster.RunningAsync("grows");
        var cgroup = new Cgroup(CgroupHierarchy.Detect(), $"{cluster.Options.CgroupRoot}/pod{before.Metadata.Uid}");
        Assert.Equal(32L << 20, cgroup.Limits().MemoryMaxBytes);

        await ResizeAsync(cluster, "grows", "200m", "64Mi");
        var after = await cluster.WaitAsync("grows", p => Given(p!) == "200m 64Mi" && !p!.Status.Conditions.Any(c => c.Type.StartsWith("PodResize", StringComparison.Ordinal)), "the new resources");

        Assert.Equal(before.Status.ContainerStatuses[0].ContainerID, after.Status.ContainerStatuses[0].ContainerID);
        Assert.Equal("200m", after.Status.ContainerStatuses[0].AllocatedResources["cpu"].ToString());
        Assert.Equal(after.Metadata.Generation, after.Status.ObservedGeneration);
        Assert.Equal((64L << 20, 20_000L), (cgroup.Limits().MemoryMaxBytes, cgroup.Limits().CpuQuotaMicroseconds));
        var container = cgroup.Child(after.Status.ContainerStatuses[0].ContainerID["containerd://".Length..]);
        Assert.Equal(64L << 20, container.Limits().MemoryMaxBytes);
    }

    [Fact]
    public async Task Resize_WithRestartPolicy_StartsTheContainerAnew()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        // OnFailure and a clean end: only the resize asks for the restart.
        await cluster.Client.CreateAsync(Sized("restarts", "100m", "32Mi", c => c with { ResizePolicy = [new ContainerResizePolicy { ResourceName = "memory", RestartPolicy = "RestartContainer" }] }, "OnFailure"));
        await cluster.RunningAsync("restarts");

        await ResizeAsync(cluster, "restarts", "100m", "64Mi");
        var after = await cluster.WaitAsync("restarts", p => p!.Status.ContainerStatuses[0] is { RestartCount: 1, Ready: true } && Given(p) == "100m 64Mi", "a restarted container");
        Assert.Equal("Running", after.Status.Phase);
    }

    [Fact]
    public async Task Resize_ThatDoesNotFit_WaitsForRoomAcrossARestartOfTheAgent()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        var half = $"{Environment.ProcessorCount * 600L}m";
        await cluster.Client.CreateAsync(Sized("big", half, "32Mi"));
        await cluster.Client.CreateAsync(Sized("small", "100m", "32Mi"));
        await cluster.RunningAsync("big");
        await cluster.RunningAsync("small");

        await ResizeAsync(cluster, "small", "1000", "32Mi");
        var never = await cluster.WaitAsync("small", p => Pending(p!) == "Infeasible", "Infeasible");
        Assert.StartsWith("Node didn't have enough capacity: cpu, requested: 1000000, capacity:", never.Status.Conditions.First(c => c.Type == "PodResizePending").Message, StringComparison.Ordinal);

        await ResizeAsync(cluster, "small", half, "32Mi");
        await cluster.WaitAsync("small", p => Pending(p!) == "Deferred" && Given(p!) == "100m 32Mi", "Deferred");
        await cluster.StopAgentAsync();
        await cluster.StartAgentAsync();
        await cluster.WaitAsync("small", p => Pending(p!) == "Deferred" && Given(p!) == "100m 32Mi", "still Deferred");

        await cluster.Client.DeleteAsync<Pod>("default", "big");
        await cluster.WaitAsync("small", p => Given(p!) == $"{half} 32Mi" && Pending(p!).Length == 0, "the room that was left");
    }

    private static string Given(Pod pod) => pod.Status.ContainerStatuses.FirstOrDefault()?.Resources is { } given ? $"{given.Limits["cpu"]} {given.Limits["memory"]}" : "";

    private static string Pending(Pod pod) => pod.Status.Conditions.FirstOrDefault(c => c.Type == "PodResizePending")?.Reason ?? "";

    private static Pod Sized(string name, string cpu, string memory, Func<Container, Container>? change = null, string restart = "Always")
    {
        var sizes = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse(cpu), ["memory"] = Quantity.Parse(memory) }.ToApiMap();
        return NodeCluster.Pod(
            name,
            Forever,
            c => (change?.Invoke(c) ?? c) with { Resources = new ResourceRequirements { Requests = sizes, Limits = sizes } },
            s => s with { RestartPolicy = restart });
    }

    private static Task<Pod> ResizeAsync(NodeCluster cluster, string name, string cpu, string memory)
    {
        var resources = $$"""{"cpu":"{{cpu}}","memory":"{{memory}}"}""";
        var patch = $$$"""{"spec":{"containers":[{"name":"main","resources":{"requests":{{{resources}}},"limits":{{{resources}}}}}]}}""";
        return cluster.Client.PatchAsync<Pod>("default", name, Patch.Strategic(patch), "resize");
    }
}

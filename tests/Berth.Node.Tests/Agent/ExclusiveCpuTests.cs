using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Linux.Cgroups;
using Berth.Node.Resources;
using Berth.Node.Tests.Runtime;
using Berth.Resources.Allocation;
using Berth.Resources.Cpu;
using Berth.Resources.Topology;
using ApiNode = Berth.Api.Core.V1.Node;

namespace Berth.Node.Tests.Agent;

/// <summary>Exclusive CPUs by a real containerd on this machine's own cgroups; needs two CPUs.</summary>
public sealed class ExclusiveCpuTests(ContainerdFixture fixture)
{
    // The first thing that the container does is to say what it may run on.
    private const string Tell = "grep Cpus_allowed_list /proc/self/status; trap 'exit 0' TERM; while true; do sleep 0.1; done";

    [Fact]
    public async Task GuaranteedPod_OfAWholeCpu_HasItAloneFromItsFirstInstructionUntilItEnds()
    {
        Assert.SkipWhen(Environment.ProcessorCount < 2, "one CPU cannot be divided");
        await using var cluster = await NodeCluster.StartAsync(fixture, Static);
        await cluster.Client.CreateAsync(NodeCluster.Pod("shared", Tell));
        var shared = await cluster.RunningAsync("shared");
        var all = Cpuset(cluster, shared);
        Assert.Equal(Environment.ProcessorCount, all.Count);

        await cluster.Client.CreateAsync(Pinned("pinned"));
        var pinned = await cluster.RunningAsync("pinned");

        var own = Cpuset(cluster, pinned);
        Assert.Single(own);
        Assert.False(own.Contains(0), "CPU 0 is the system's");
        Assert.Equal(all - own, Cpuset(cluster, shared));
        await cluster.LogShowsAsync("pinned", $"Cpus_allowed_list:\t{own}");
        Assert.Null(Cgroup(cluster, pinned).Limits().CpuQuotaMicroseconds);
        Assert.Null(ContainerCgroup(cluster, pinned).Limits().CpuQuotaMicroseconds);
        var node = await NodeAsync(cluster, n => AllocationJson.ReadAll(n.Metadata.Annotations.GetOr(AllocationAnnotations.Held) ?? "[]").Any(h => h.PodUid == pinned.Metadata.Uid));
        Assert.Equal(all, NodeShapeJson.Read(node.Metadata.Annotations[AllocationAnnotations.Topology])!.Topology.AllCpus);

        await cluster.Client.DeleteAsync<Pod>("default", "pinned");
        await cluster.WaitAsync("pinned", p => p is null, "gone");
        await WaitAsync(() => Cpuset(cluster, shared) == all, "the CPU back in the shared pool");
    }

    [Fact]
    public async Task Agent_StartsAgainWithADamagedCheckpoint_KeepsCpusApart()
    {
        Assert.SkipWhen(Environment.ProcessorCount < 2, "one CPU cannot be divided");
        await using var cluster = await NodeCluster.StartAsync(fixture, Static);
        await cluster.Client.CreateAsync(Pinned("pinned"));
        var pinned = await cluster.RunningAsync("pinned");
        var own = Cpuset(cluster, pinned);

        await cluster.StopAgentAsync();
        await File.WriteAllTextAsync(cluster.Options.AllocationsFile, "damaged", TestContext.Current.CancellationToken);
        await cluster.StartAgentAsync();
        await cluster.Client.CreateAsync(NodeCluster.Pod("shared", Tell));
        var shared = await cluster.RunningAsync("shared");

        Assert.False(Cpuset(cluster, shared).Overlaps(own));
        Assert.Equal(own, Cpuset(cluster, pinned));
        Assert.Contains(pinned.Metadata.Uid, await File.ReadAllTextAsync(cluster.Options.AllocationsFile, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static NodeAgentOptions Static(NodeAgentOptions options) => options with
    {
        Configuration = new NodeConfiguration
        {
            Cpu = new CpuPolicy { Static = true },
            Alignment = AlignmentPolicy.SingleNumaNode,
            // So that one CPU is there to be had, whatever the machine.
            ReservedCpus = CpuSet.Of(Enumerable.Range(0, Environment.ProcessorCount - 1)),
        },
    };

    private static Pod Pinned(string name)
    {
        var amounts = new Dictionary<string, Quantity> { ["cpu"] = Quantity.FromUnits(1), ["memory"] = Quantity.Parse("64Mi") }.ToApiMap();
        return NodeCluster.Pod(name, Tell, c => c with { Resources = new ResourceRequirements { Requests = amounts, Limits = amounts } });
    }

    private static Cgroup Cgroup(NodeCluster cluster, Pod pod) =>
        new(CgroupHierarchy.Detect(), $"{cluster.Options.CgroupRoot}{(pod.Status.QosClass == "Guaranteed" ? "" : "/" + pod.Status.QosClass.ToLowerInvariant())}/pod{pod.Metadata.Uid}");

    private static Cgroup ContainerCgroup(NodeCluster cluster, Pod pod) => Cgroup(cluster, pod).Child(pod.Status.ContainerStatuses[0].ContainerID["containerd://".Length..]);

    private static CpuSet Cpuset(NodeCluster cluster, Pod pod) => CpuSet.Parse(ContainerCgroup(cluster, pod).Limits().CpusetCpus ?? "");

    private static async Task<ApiNode> NodeAsync(NodeCluster cluster, Func<ApiNode, bool> wanted)
    {
        ApiNode? node = null;
        var deadline = DateTimeOffset.UtcNow.AddSeconds(20);
        while (node is null || !wanted(node))
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, $"the node does not tell: {node?.Metadata.Annotations}");
            node = await cluster.Client.GetAsync<ApiNode>(null, NodeCluster.NodeName);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return node;
    }

    private static async Task WaitAsync(Func<bool> wanted, string what)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(30);
        while (!wanted())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, $"expected {what} within 30 s");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}

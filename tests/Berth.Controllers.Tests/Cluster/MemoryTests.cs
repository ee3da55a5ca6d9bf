using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.Controllers.Tests.Cluster;

/// <summary>What a load leaves behind in the memory of server and controllers. Alone: the heap is that of the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class MemoryTests
{
    private const int Pods = 2000;

    [Fact]
    public async Task Load_ComesAndGoes_LeavesNoMemoryBehind()
    {
        await using var cluster = await TestCluster.StartAsync();
        await RunAsync(cluster, "warm");
        var before = await HeapAsync(cluster);
        await RunAsync(cluster, "load");
        await RunAsync(cluster, "again");
        var after = await HeapAsync(cluster);
        TestContext.Current.TestOutputHelper?.WriteLine($"{before >> 10} KiB before, {after >> 10} KiB after");
        // The first round has filled the rings of recent changes, so that only what should be gone can grow.
        Assert.True(after - before < 4 << 20, $"{before >> 10} KiB before and {after >> 10} KiB after two loads of {Pods} pods");
    }

    private static async Task RunAsync(TestCluster cluster, string name)
    {
        await cluster.Client.CreateAsync(new Deployment
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "default" },
            Spec = new DeploymentSpec { Replicas = Pods, Selector = new LabelSelector { MatchLabels = ApiMap.Of(("app", "web")) }, Template = Given.Template() },
        });
        await cluster.EventuallyAsync<Deployment>(name, d => d.Status.Replicas == Pods);
        await cluster.Client.DeleteAsync<Deployment>("default", name, new DeleteOptions { PropagationPolicy = "Foreground" });
        await cluster.EventuallyAllAsync<Pod>(pods => pods.Count == 0);
        await cluster.EventuallyAllAsync<ReplicaSet>(sets => sets.Count == 0);
        await cluster.Client.DeleteCollectionAsync<Event>("default");
    }

    private static async Task<long> HeapAsync(TestCluster cluster)
    {
        // What the last events of the load set going.
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        await cluster.Client.DeleteCollectionAsync<Event>("default");
        await cluster.CompactAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri;
using Berth.Node.Devices.PodResourcesV1;
using Berth.Node.Devices.V1Beta1;
using Berth.Node.Tests.Agent;
using Berth.Node.Tests.Runtime;

namespace Berth.Node.Tests.Devices;

/// <summary>Devices of a plugin, from its registration to the container that uses them.</summary>
public sealed class DevicePluginTests(ContainerdFixture fixture)
{
    private const string Resource = "test.example/zero";
    private const string Forever = "trap 'exit 0' TERM; while true; do sleep 0.1; done";

    [Fact]
    public async Task Device_GrantedToAContainer_IsThereAndNobodyElses()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await using var plugin = new TestDevicePlugin(Plugins(cluster), Resource, TestDevicePlugin.Healthy("a", "b", "c"), new DevicePluginOptions { PreStartRequired = true, GetPreferredAllocationAvailable = true });
        await plugin.StartAsync(TestContext.Current.CancellationToken);
        await AllocatableAsync(cluster, "3");

        await cluster.Client.CreateAsync(Asking("user", 2, "echo $TEST_DEVICES; test -c /dev/test-b && dd if=/dev/test-c bs=4 count=1 2>/dev/null | od -An -tx1; test -e /host-proc/version && echo mounted;" + Forever));
        var pod = await cluster.RunningAsync("user");
        // The plugin prefers the last ones.
        await UntilAsync(async () => await cluster.LogsAsync("user") == "c,b\n 00 00 00 00\nmounted\n", "the devices inside");
        Assert.Equal(1, plugin.PreStarts);
        Assert.Equal(["Healthy", "Healthy"], pod.Status.ContainerStatuses[0].AllocatedResourcesStatus.Single().Resources.Select(r => r.Health));

        // Counted by the scheduler in a whole cluster; the node refuses what reaches it all the same.
        await cluster.Client.CreateAsync(Asking("late", 2, Forever));
        var refused = await cluster.WaitAsync("late", p => p?.Status.Phase == "Failed", "Failed");
        Assert.Equal("OutOf" + Resource, refused.Status.Reason);

        await cluster.Client.CreateAsync(Asking("third", 1, "echo $TEST_DEVICES;" + Forever));
        await cluster.RunningAsync("third");
        await UntilAsync(async () => await cluster.LogsAsync("third") == "a\n", "the one that was left");

        using var channel = new GrpcChannel(Path.Combine(cluster.Options.KubeletDirectory!, "pod-resources", "kubelet.sock"), TimeProvider.System);
        var listed = await channel.UnaryAsync("/v1.PodResourcesLister/List", new ListPodResourcesRequest(), ListPodResourcesResponse.Parser, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        var devices = listed.PodResources.Single(p => p.Name == "user").Containers.Single().Devices.Single();
        Assert.Equal((Resource, "c,b", 0L), (devices.ResourceName, string.Join(',', devices.DeviceIds), devices.Topology.Nodes.Single().ID));
        var all = await channel.UnaryAsync("/v1.PodResourcesLister/GetAllocatableResources", new AllocatableResourcesRequest(), AllocatableResourcesResponse.Parser, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(["a", "b", "c"], all.Devices.Single().DeviceIds);
    }

    [Fact]
    public async Task Plugin_ThatFailsAndComesBack_IsFollowed()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        var plugin = new TestDevicePlugin(Plugins(cluster), Resource, TestDevicePlugin.Healthy("a", "b"));
        await plugin.StartAsync(TestContext.Current.CancellationToken);
        await AllocatableAsync(cluster, "2");
        await cluster.Client.CreateAsync(Asking("user", 1, Forever));
        await cluster.RunningAsync("user");

        plugin.Become(TestDevicePlugin.Healthy("b").Prepend(new Device { ID = "a", Health = "Unhealthy" }));
        await AllocatableAsync(cluster, "1");
        await cluster.WaitAsync("user", p => Health(p!) == "Unhealthy", "its device unhealthy");

        await plugin.DisposeAsync();
        await AllocatableAsync(cluster, "0");
        Assert.Equal("2", (await NodeAsync(cluster)).Status.Capacity[Resource].ToString());

        await using var next = new TestDevicePlugin(Plugins(cluster), Resource, TestDevicePlugin.Healthy("a", "b"));
        await next.StartAsync(TestContext.Current.CancellationToken);
        await AllocatableAsync(cluster, "2");
        await cluster.WaitAsync("user", p => Health(p!) == "Healthy", "its device healthy again");
    }

    [Fact]
    public async Task Agent_ThatRestarts_RemembersGrantsAndWaitsForThePlugin()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await using (var before = new TestDevicePlugin(Plugins(cluster), Resource, TestDevicePlugin.Healthy("a", "b")))
        {
            await before.StartAsync(TestContext.Current.CancellationToken);
            await AllocatableAsync(cluster, "2");
            await cluster.Client.CreateAsync(Asking("user", 1, Forever));
            await cluster.RunningAsync("user");
            await cluster.StopAgentAsync();
        }

        await cluster.StartAgentAsync();
        await cluster.Client.CreateAsync(Asking("early", 1, "echo $TEST_DEVICES;" + Forever));
        await UntilAsync(async () => (await cluster.Client.ListAsync<Event>("default")).Items.Any(e => e.Reason == "FailedAdmission" && e.InvolvedObject.Name == "early"), "that it waits");
        await using var after = new TestDevicePlugin(Plugins(cluster), Resource, TestDevicePlugin.Healthy("a", "b"));
        await after.StartAsync(TestContext.Current.CancellationToken);
        await cluster.RunningAsync("early");
        await UntilAsync(async () => (await cluster.LogsAsync("early")).Length > 0, "what the container has");
        Assert.Equal("b\n", await cluster.LogsAsync("early"));
    }

    [Theory]
    [InlineData("v1alpha", "test.example/zero")]
    [InlineData("v1beta1", "zero")]
    [InlineData("v1beta1", "kubernetes.io/zero")]
    public async Task Registration_OfWhatIsNotServed_IsRefused(string version, string resource)
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        using var channel = new GrpcChannel(Path.Combine(Plugins(cluster), "kubelet.sock"), TimeProvider.System);
        var refused = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(
            "/v1beta1.Registration/Register", new RegisterRequest { Version = version, Endpoint = "x.sock", ResourceName = resource }, Empty.Parser, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal(GrpcStatusCode.Unknown, refused.Code);
    }

    private static string Plugins(NodeCluster cluster) => Path.Combine(cluster.Options.KubeletDirectory!, "device-plugins");

    private static string Health(Pod pod) => pod.Status.ContainerStatuses.FirstOrDefault()?.AllocatedResourcesStatus.FirstOrDefault()?.Resources.FirstOrDefault()?.Health ?? "";

    private static Pod Asking(string name, int count, string script) => NodeCluster.Pod(name, script, c => c with
    {
        Resources = new ResourceRequirements
        {
            Requests = new Dictionary<string, Quantity> { [Resource] = Quantity.FromUnits(count) }.ToApiMap(),
            Limits = new Dictionary<string, Quantity> { [Resource] = Quantity.FromUnits(count) }.ToApiMap(),
        },
    });

    private static Task<Berth.Api.Core.V1.Node> NodeAsync(NodeCluster cluster) => cluster.Client.GetAsync<Berth.Api.Core.V1.Node>(null, NodeCluster.NodeName);

    private static Task AllocatableAsync(NodeCluster cluster, string count) => UntilAsync(
        async () => (await NodeAsync(cluster)).Status.Allocatable.TryGetValue(Resource, out var now) && now.ToString() == count, $"{count} allocatable");

    private static async Task UntilAsync(Func<Task<bool>> isTrue, string what)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(30);
        while (!await isTrue())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, $"expected {what} within 30 s");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}

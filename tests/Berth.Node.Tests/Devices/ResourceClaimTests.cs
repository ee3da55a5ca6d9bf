using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Resource.V1;
using Berth.Node.Cri;
using Berth.Node.Devices.Drivers;
using Berth.Node.Devices.PodResourcesV1;
using Berth.Node.Tests.Agent;
using Berth.Node.Tests.Runtime;
using Berth.Resources.Claims;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Node.Tests.Devices;

/// <summary>Resource claims on a real node, from a driver's registration to the container that uses its devices; the scheduler's part is written by the test.</summary>
public sealed class ResourceClaimTests(ContainerdFixture fixture)
{
    private const string Forever = "trap 'exit 0' TERM; while true; do sleep 0.1; done";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task Claim_OfAPlugin_IsPreparedOnceGivenByRequestAndTakenBack(string version)
    {
        await using var cluster = await StartAsync();
        await using var plugin = new TestClaimPlugin(Path.Combine(cluster.Options.PluginRoot, "plugins_registry"), cluster.Options.CdiDirectory, _ => ["a", "b"], version);
        await plugin.StartAsync(Ct);
        var one = await cluster.Client.CreateAsync(Using("one", "shared", "test -c /dev/test-a && test ! -e /dev/test-b && echo only $TEST_A; " + Forever, "a"));
        var two = await cluster.Client.CreateAsync(Using("two", "shared", "test -c /dev/test-a && test -c /dev/test-b && echo both; " + Forever, ""));
        await AllocateAsync(cluster, "shared", TestClaimPlugin.Driver, ["a", "b"], one, two);
        await cluster.RunningAsync("one");
        await cluster.RunningAsync("two");
        await LogsAsync(cluster, "one", "only yes\n");
        await LogsAsync(cluster, "two", "both\n");
        Assert.Equal(["shared"], plugin.Prepared);

        using var channel = new GrpcChannel(Path.Combine(cluster.Options.KubeletDirectory!, "pod-resources", "kubelet.sock"), TimeProvider.System);
        var listed = await channel.UnaryAsync("/v1.PodResourcesLister/List", new ListPodResourcesRequest(), ListPodResourcesResponse.Parser, TimeSpan.FromSeconds(10), Ct);
        var told = listed.PodResources.Single(p => p.Name == "one").Containers.Single().DynamicResources.Single();
        Assert.Equal(("shared", "a", "test.example/zero=a"), (told.ClaimName, told.ClaimResources.Single().DeviceName, told.ClaimResources.Single().CdiDevices.Single().Name));

        // The agent forgets nothing over a restart.
        await cluster.StopAgentAsync();
        await cluster.StartAgentAsync();
        await cluster.Client.DeleteAsync<Pod>("default", "one");
        await cluster.WaitAsync("one", p => p is null, "gone");
        Assert.Empty(plugin.Unprepared);

        // As long as the driver does not take the devices back, the pod has not ended.
        plugin.UnprepareError = "still hot";
        await cluster.Client.DeleteAsync<Pod>("default", "two");
        await UntilAsync(async () => (await cluster.Client.ListAsync<Event>("default")).Items.Any(e => e.Reason == "FailedUnprepareDynamicResources" && e.Message.Contains("still hot", StringComparison.Ordinal)), "the event");
        Assert.NotNull(await cluster.Client.GetAsync<Pod>("default", "two"));
        plugin.UnprepareError = "";
        await cluster.WaitAsync("two", p => p is null, "gone");
        Assert.Equal(["shared"], plugin.Unprepared);
    }

    [Fact]
    public async Task Claim_WithoutDriverOrReservation_KeepsThePodWaitingAndSaysWhy()
    {
        await using var cluster = await StartAsync();
        var pod = await cluster.Client.CreateAsync(Using("lonely", "held", Forever, ""));
        await AllocateAsync(cluster, "held", "absent.example", ["x"], pod);
        await UntilAsync(async () => (await cluster.Client.ListAsync<Event>("default")).Items.Any(e => e.Reason == "FailedPrepareDynamicResources" && e.Message.Contains("DRA driver absent.example is not registered", StringComparison.Ordinal)), "the event about the driver");
        await cluster.Client.CreateAsync(Using("stranger", "held", Forever, ""));
        await UntilAsync(async () => (await cluster.Client.ListAsync<Event>("default")).Items.Any(e => e.InvolvedObject.Name == "stranger" && e.Message.Contains("is not allowed to use ResourceClaim held", StringComparison.Ordinal)), "the event about the reservation");
    }

    [Fact]
    public async Task Gpu_OfTheBuiltInDriver_IsPublishedAndReachesItsContainerWithTheLibraries()
    {
        using var gpus = await FakeGpus.CreateAsync(0, 0);
        await using var cluster = await StartAsync(o => o with { DeviceRoot = gpus.Root });
        await UntilAsync(async () => (await cluster.Client.ListAsync<ResourceSlice>()).Items is [{ Spec.Devices.Count: 2 }], "the slice with two GPUs");
        var pod = await cluster.Client.CreateAsync(Using("train", "gpu", "test -c /dev/nvidia1 && test ! -e /dev/nvidia0 && test -c /dev/nvidiactl && dd if=/dev/nvidia1 bs=2 count=1 2>/dev/null | od -An -tx1; cat $LD_LIBRARY_PATH/libcuda.so.1; echo; " + Forever, ""));
        await AllocateAsync(cluster, "gpu", NvidiaFinder.DriverName, ["gpu-1"], pod);
        await cluster.RunningAsync("train");
        await LogsAsync(cluster, "train", " 00 00\ncuda\n");

        // Its status tells when the device fails.
        await cluster.WaitAsync("train", p => Health(p!) == "Healthy", "healthy");
        gpus.Fail(1, 15);
        await cluster.WaitAsync("train", p => Health(p!) == "Unhealthy", "unhealthy");
        var slice = Assert.Single((await cluster.Client.ListAsync<ResourceSlice>()).Items);
        Assert.Equal(DeviceDriver.UnhealthyTaint, Assert.Single(slice.Spec.Devices.Single(d => d.Name == "gpu-1").Taints).Key);
    }

    [Fact]
    public async Task ExtendedResource_BackedByAClaim_GivesTheContainerThatAskedItsDevice()
    {
        using var gpus = await FakeGpus.CreateAsync(0);
        await using var cluster = await StartAsync(o => o with { DeviceRoot = gpus.Root });
        await UntilAsync(async () => (await cluster.Client.ListAsync<ResourceSlice>()).Items.Count == 1, "the slice");
        var script = "test -c /dev/nvidia0 && echo mine; " + Forever;
        var asked = NodeCluster.Pod("job", script, c => c with { Resources = new ResourceRequirements { Limits = One, Requests = One } });
        // Bound only after its claim is made, as the scheduler does it.
        var pod = await cluster.Client.CreateAsync(asked with { Spec = asked.Spec with { NodeName = "" } });
        await AllocateAsync(cluster, "job-extended-resources-x", NvidiaFinder.DriverName, ["gpu-0"], pod);
        await cluster.Client.UpdateStatusAsync(pod with
        {
            Status = pod.Status with
            {
                ExtendedResourceClaimStatus = new PodExtendedResourceClaimStatus
                {
                    ResourceClaimName = "job-extended-resources-x",
                    RequestMappings = [new ContainerExtendedResourceRequest { ContainerName = "main", ResourceName = "nvidia.com/gpu", RequestName = "gpu-0" }],
                },
            },
        });
        var binding = new Binding { Metadata = new ObjectMeta { Name = "job", Namespace = "default" }, Target = new ObjectReference { Kind = "Node", Name = NodeCluster.NodeName } };
        await cluster.Client.CreateSubresourceAsync<Pod, Binding, Api.Meta.V1.Status>("default", "job", "binding", binding, ct: Ct);
        await cluster.RunningAsync("job");
        await LogsAsync(cluster, "job", "mine\n");
    }

    private static ApiMap<Quantity> One => new[] { KeyValuePair.Create("nvidia.com/gpu", Quantity.FromUnits(1)) }.ToApiMap();

    private static string? Health(Pod pod) => pod.Status.ContainerStatuses.FirstOrDefault()?.AllocatedResourcesStatus.FirstOrDefault()?.Resources[0].Health;

    private Task<NodeCluster> StartAsync(Func<NodeAgentOptions, NodeAgentOptions>? change = null) => NodeCluster.StartAsync(fixture, o =>
    {
        o = o with { CdiDirectory = Path.Combine(o.DataDirectory, "cdi") };
        return change?.Invoke(o) ?? o;
    });

    private static Pod Using(string name, string claim, string script, string request) => NodeCluster.Pod(
        name,
        script,
        c => c with { Resources = new ResourceRequirements { Claims = [new Api.Core.V1.ResourceClaim { Name = "devices", Request = request }] } },
        s => s with { ResourceClaims = [new PodResourceClaim { Name = "devices", ResourceClaimName = claim }] });

    /// <summary>One request for each device, named after it.</summary>
    private static async Task AllocateAsync(NodeCluster cluster, string name, string driver, string[] devices, params Pod[] users)
    {
        var claim = await cluster.Client.CreateAsync(new ResourceClaim
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "default", Finalizers = [PodClaims.Finalizer] },
            Spec = new() { Devices = new() { Requests = devices.Select(d => new DeviceRequest { Name = d, Exactly = new() { DeviceClassName = "any" } }).ToApiList() } },
        });
        var results = devices.Select(d => new DeviceRequestAllocationResult { Request = d, Driver = driver, Pool = NodeCluster.NodeName, Device = d }).ToApiList();
        await cluster.Client.UpdateStatusAsync(claim with { Status = new() { Allocation = new() { Devices = new() { Results = results } }, ReservedFor = users.Select(PodClaims.UserOf).ToApiList() } });
    }

    private static Task LogsAsync(NodeCluster cluster, string pod, string text) => UntilAsync(async () => await cluster.LogsAsync(pod) == text, $"\"{text}\" of {pod}");

    private static async Task UntilAsync(Func<Task<bool>> reached, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await reached())
        {
            Assert.False(limit.IsCancellationRequested, $"not within 60 s: {what}");
            await Task.Delay(50, Ct);
        }
    }
}

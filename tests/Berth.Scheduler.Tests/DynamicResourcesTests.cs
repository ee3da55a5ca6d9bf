using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using Berth.Client.Informers;
using Berth.Resources.Claims;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins.Claims;
using Berth.Scheduler.Snapshot;
using Berth.TestKit;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Scheduler.Tests;

/// <summary>Two nodes with one device each, in a cluster in memory; decisions and writes as the scheduler's loop makes them.</summary>
public sealed class DynamicResourcesTests : IAsyncLifetime
{
    private readonly FakeCluster _cluster = new();
    private readonly ClusterState _state = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ClaimBook _book;
    private readonly DynamicResources _plugin;
    private readonly InformerFactory _informers;
    private Task _running = Task.CompletedTask;

    public DynamicResourcesTests()
    {
        _informers = new InformerFactory(_cluster);
        _book = new ClaimBook(_informers, new NoSelectors(), (_, _) => { });
        _plugin = new DynamicResources(_book, _cluster, TimeProvider.System);
    }

    public async ValueTask InitializeAsync()
    {
        _cluster.Put(new DeviceClass { Metadata = new() { Name = "gpu" } });
        foreach (var node in new[] { "n1", "n2" })
        {
            _state.SetNode(Given.Node(node));
            _cluster.Put(new ResourceSlice
            {
                Metadata = new() { Name = node },
                Spec = new() { Driver = "gpu.example.com", Pool = new() { Name = node, Generation = 1, ResourceSliceCount = 1 }, NodeName = node, Devices = [new Device { Name = "gpu-0" }] },
            });
        }

        _running = _informers.RunAsync(_stop.Token);
        await _informers.WaitForSyncAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    [Fact]
    public async Task Pods_OneAfterTheOther_GetTheDevicesAndTheThirdIsToldWhy()
    {
        foreach (var name in new[] { "a", "b", "c" })
            await ClaimAsync(name);
        Place("a", "n1");
        // Before anything is written, the device counts as given.
        Assert.Equal(["n2"], Left("b"));
        await _plugin.PreBindAsync(Pod("a"), Node("n1"), default);
        _plugin.Unreserve("uid-a");
        Assert.Equal(["n2"], Left("b"));
        var claim = await _cluster.GetAsync<ResourceClaim>("default", "a");
        Assert.Equal(("n1", "gpu-0"), (claim.Status.Allocation!.Devices.Results[0].Pool, claim.Status.Allocation.Devices.Results[0].Device));
        Assert.Equal("uid-a", Assert.Single(claim.Status.ReservedFor).Uid);
        Assert.Contains(PodClaims.Finalizer, claim.Metadata.Finalizers);

        Place("b", "n2");
        var candidates = Filter("c");
        Assert.True(candidates.Remaining.IsEmpty);
        Assert.Equal(["cannot allocate all claims: claim default/c, request gpu: a device of class gpu wanted, 1 matches, of them 1 in use"], candidates.CountReasons().Keys);
        _plugin.Unreserve("uid-b");
        Assert.Equal(["n2"], Left("c"));
    }

    [Fact]
    public async Task Claim_AllocatedElsewhere_IsWaitedForAndThenFollowed()
    {
        await ClaimAsync("a");
        Place("a", "n2");
        var second = Pod("a") with { Metadata = Pod("a").Metadata with { Name = "again", Uid = "uid-again" } };
        var candidates = new Candidates(_state);
        _plugin.PreFilter(new PodContext(second), _state, candidates);
        Assert.Equal("resource claim default/a is in the process of being allocated", candidates.PodProblem);
        await _plugin.PreBindAsync(Pod("a"), Node("n2"), default);
        _plugin.Unreserve("uid-a");
        candidates = new Candidates(_state);
        _plugin.PreFilter(new PodContext(second), _state, candidates);
        _plugin.Filter(new PodContext(second), _state, candidates);
        Assert.Equal(["n2"], Names(candidates));
    }

    [Fact]
    public async Task Claim_KeepsItsOnlyPodFromEveryNode_IsDeallocated()
    {
        await ClaimAsync("a");
        Place("a", "n1");
        await _plugin.PreBindAsync(Pod("a"), Node("n1"), default);
        _plugin.Unreserve("uid-a");
        _state.RemoveNode("n1");
        Assert.Empty(Left("a"));
        await _plugin.AfterRefusalAsync(Pod("a"), default);
        Assert.Null((await _cluster.GetAsync<ResourceClaim>("default", "a")).Status.Allocation);
        Assert.Equal(["n2"], Left("a"));
    }

    [Fact]
    public async Task ExtendedResource_WithAClassBehindIt_TakesDevicesWhereTheNodeDoesNotCountIt()
    {
        _cluster.Put(new DeviceClass { Metadata = new() { Name = "gpu" }, Spec = new() { ExtendedResourceName = "nvidia.com/gpu" } });
        _state.SetNode(Given.Node("counts") with { Status = new() { Allocatable = Given.Amounts(("nvidia.com/gpu", "8")) } });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (_book.ClassBehind("nvidia.com/gpu") is null)
            await Task.WhenAny(_book.NextChange, Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token)).Unwrap();
        Assert.Equal(["counts", "n1", "n2"], Names(FilterPod(Extended("a"))));
        Assert.True(_plugin.Reserve(Extended("a"), Node("n1")));
        Assert.False(_plugin.Reserve(Extended("b"), Node("counts")));
        Assert.Equal(["counts", "n2"], Names(FilterPod(Extended("c"))));
        var pending = _book.Pending("uid-a")!;
        Assert.Equal("main", Assert.Single(pending.Mappings).ContainerName);
        Assert.Equal("a-extended-resources-", pending.Extended!.Metadata.GenerateName);
        _plugin.Unreserve("uid-a");
        Assert.Equal(["counts", "n1", "n2"], Names(FilterPod(Extended("c"))));
    }

    [Fact]
    public async Task Class_Missing_RefusesThePod()
    {
        await ClaimAsync("a", "tpu");
        Assert.Equal("request gpu: device class tpu does not exist", Filter("a").PodProblem);
    }

    [Fact]
    public async Task PreBind_ClaimGone_FailsAndHoldsNothing()
    {
        await ClaimAsync("a");
        Place("a", "n1");
        await _cluster.DeleteAsync<ResourceClaim>("default", "a");
        await Assert.ThrowsAnyAsync<Exception>(() => _plugin.PreBindAsync(Pod("a"), Node("n1"), default));
        _plugin.Unreserve("uid-a");
        await ClaimAsync("b");
        Assert.Equal(["n1", "n2"], Left("b"));
    }

    private static Pod Pod(string name)
    {
        var pod = Given.Pod(name);
        return pod with { Spec = pod.Spec with { ResourceClaims = [new PodResourceClaim { Name = "gpu", ResourceClaimName = name }] } };
    }

    private async Task ClaimAsync(string name, string deviceClass = "gpu")
    {
        _cluster.Put(new ResourceClaim
        {
            Metadata = new() { Name = name, Namespace = "default" },
            Spec = new() { Devices = new() { Requests = [new DeviceRequest { Name = "gpu", Exactly = new() { DeviceClassName = deviceClass, AllocationMode = "ExactCount", Count = 1 } }] } },
        });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (_book.Claim(new ObjectKey("default", name)) is null)
            await _book.NextChange.WaitAsync(TimeSpan.FromMilliseconds(50), limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Node Node(string name) => _state.Node(_state.Row(name)!.Value);

    private void Place(string pod, string node) => Assert.True(_plugin.Reserve(Pod(pod), Node(node)));

    private Candidates Filter(string pod) => FilterPod(Pod(pod));

    private Candidates FilterPod(Pod pod)
    {
        var candidates = new Candidates(_state);
        _plugin.PreFilter(new PodContext(pod), _state, candidates);
        if (candidates.PodProblem is null)
            _plugin.Filter(new PodContext(pod), _state, candidates);
        return candidates;
    }

    private static Pod Extended(string name)
    {
        var pod = Given.Pod(name);
        var container = pod.Spec.Containers[0];
        return pod with { Spec = pod.Spec with { Containers = [container with { Resources = container.Resources with { Limits = Given.Amounts(("nvidia.com/gpu", "1")) } }] } };
    }

    private List<string> Left(string pod) => Names(Filter(pod));

    private List<string> Names(Candidates candidates)
    {
        var names = new List<string>();
        foreach (var row in candidates.Remaining)
            names.Add(_state.Node(row).Metadata.Name);
        return [.. names.Order(StringComparer.Ordinal)];
    }

    private sealed class NoSelectors : IDeviceSelectors
    {
        public bool Matches(string expression, string driver, Device device) => throw new DeviceSelectorException(expression);
    }
}

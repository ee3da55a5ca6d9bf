using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.Node.Devices.Claims;
using Berth.Node.Devices.Drivers;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Node.Tests.Devices;

/// <summary>A driver whose devices a test makes up, against a cluster in memory.</summary>
public sealed class DeviceDriverTests : IDisposable
{
    private readonly FakeCluster _cluster = new();
    private readonly Made _finder = new();
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "berth-cdi-" + Guid.NewGuid().ToString("N")[..8]);
    private readonly DeviceDriver _driver;
    private bool _elsewhere;

    public DeviceDriverTests()
    {
        _cluster.Put(new Api.Core.V1.Node { Metadata = new() { Name = "n1" } });
        _driver = new DeviceDriver(_finder, _cluster, "n1", _directory, () => _elsewhere, TimeProvider.System, NullLogger.Instance);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Look_DevicesFound_PublishesThemOnceUnderTheNodesName()
    {
        _finder.Become(One("a"), One("b"));
        await _driver.LookAsync(Ct);
        var slice = Assert.Single((await SlicesAsync()));
        Assert.Equal(("n1", "n1", "made.example", 1L, 1L), (slice.Spec.NodeName, slice.Spec.Pool.Name, slice.Spec.Driver, slice.Spec.Pool.Generation, slice.Spec.Pool.ResourceSliceCount));
        Assert.Equal(["a", "b"], slice.Spec.Devices.Select(d => d.Name));
        Assert.Equal("Node", Assert.Single(slice.Metadata.OwnerReferences).Kind);
        var writes = _cluster.Writes;
        await _driver.LookAsync(Ct);
        Assert.Equal(writes, _cluster.Writes);

        // Another agent of the same node finds what it would write.
        var next = new DeviceDriver(_finder, _cluster, "n1", _directory, static () => false, TimeProvider.System, NullLogger.Instance);
        await next.LookAsync(Ct);
        Assert.Equal(writes, _cluster.Writes);
    }

    [Fact]
    public async Task Look_DeviceFailsAndRecovers_IsTaintedForThatTime()
    {
        _finder.Become(One("a"));
        await _driver.LookAsync(Ct);
        var changes = 0;
        _driver.Changed += () => changes++;
        _finder.Become(One("a") with { Problem = "it smokes" });
        await _driver.LookAsync(Ct);
        Assert.Equal((DeviceDriver.UnhealthyTaint, "NoSchedule"), Taint(Assert.Single(await SlicesAsync())));
        Assert.Equal(new DeviceCondition("Unhealthy", "it smokes"), _driver.HealthOf("n1", "a"));
        _finder.Become(One("a"));
        await _driver.LookAsync(Ct);
        Assert.Empty(Assert.Single(await SlicesAsync()).Spec.Devices[0].Taints);
        Assert.Equal("Healthy", _driver.HealthOf("n1", "a")!.Health);
        Assert.Equal((2, 3L), (changes, (await SlicesAsync())[0].Spec.Pool.Generation));
    }

    [Fact]
    public async Task Look_DeviceGone_IsTaintedNoExecuteAndNotPrepared()
    {
        _finder.Become(One("a"), One("b"));
        await _driver.LookAsync(Ct);
        _finder.Become(One("b"));
        await _driver.LookAsync(Ct);
        Assert.Equal((DeviceDriver.GoneTaint, "NoExecute"), Taint((await SlicesAsync())[0]));
        var error = await Assert.ThrowsAsync<ClaimDriverException>(() => _driver.PrepareAsync(ClaimOn("a"), Ct));
        Assert.Equal("device a of driver made.example is not on node n1 any more", error.Message);
        var prepared = Assert.Single(await _driver.PrepareAsync(ClaimOn("b"), Ct));
        Assert.Equal("example.com/made=n1-b", Assert.Single(prepared.CdiDevices));
    }

    [Fact]
    public async Task Look_VendorsDriverComes_WithdrawsEverything()
    {
        _finder.Become(One("a"));
        await _driver.LookAsync(Ct);
        _elsewhere = true;
        await _driver.LookAsync(Ct);
        Assert.Empty(await SlicesAsync());
    }

    [Fact]
    public async Task Look_DevicesThatShareCounters_HaveASliceOfCountersFirst()
    {
        _finder.Become(One("a"));
        _finder.Counters = [new CounterSet { Name = "card", Counters = new[] { KeyValuePair.Create("memory", new Counter { Value = Quantity.Parse("80Gi") }) }.ToApiMap() }];
        await _driver.LookAsync(Ct);
        var slices = (await SlicesAsync()).OrderBy(s => s.Metadata.Name, StringComparer.Ordinal).ToList();
        Assert.Equal(2, slices.Count);
        Assert.Equal("card", Assert.Single(slices[0].Spec.SharedCounters).Name);
        Assert.Equal("a", Assert.Single(slices[1].Spec.Devices).Name);
        Assert.All(slices, s => Assert.Equal(2, s.Spec.Pool.ResourceSliceCount));
    }

    private static FoundDevice One(string name) => new() { Name = name, Edits = new CdiEdits { Nodes = [new CdiNode("/dev/" + name, "/dev/zero")] } };

    private static ResourceClaim ClaimOn(string device) => new()
    {
        Metadata = new() { Name = "c", Namespace = "default", Uid = "u" },
        Status = new() { Allocation = new() { Devices = new() { Results = [new DeviceRequestAllocationResult { Request = "r", Driver = "made.example", Pool = "n1", Device = device }] } } },
    };

    private static (string Key, string Effect) Taint(ResourceSlice slice) => (slice.Spec.Devices[0].Taints[0].Key, slice.Spec.Devices[0].Taints[0].Effect);

    private async Task<ApiList<ResourceSlice>> SlicesAsync() => [.. (await _cluster.ListAsync<ResourceSlice>(null, null, Ct)).Items];

    private sealed class Made : IDeviceFinder
    {
        private ApiList<FoundDevice> _devices = [];

        public string Driver => "made.example";

        public string CdiKind => "example.com/made";

        public ApiList<CounterSet> Counters { get; set; } = [];

        public void Become(params FoundDevice[] devices) => _devices = devices.ToApiList();

        public FoundDevices Find() => new(_devices) { Counters = Counters };
    }
}

using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Node.PodSync;
using Berth.Node.Status;
using Berth.Node.Tests.Cri;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using ContainerConfig = Berth.Node.Cri.V1.ContainerConfig;

namespace Berth.Node.Tests.PodSync;

/// <summary>When a pod's worker writes its status again. The pod is one that the node refuses: its status is all that there is to do.</summary>
public sealed class StatusWritingTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly FakeCluster _cluster = new();
    private readonly Refusing _owner = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly EventRecorder _events;
    private readonly PodWorker _worker;
    private Task _running = Task.CompletedTask;
    private int _failures;
    private int _tries;

    public StatusWritingTests()
    {
        // Created by hand: the cluster gives it a version and a uid.
        _cluster.Put(new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "default" }, Spec = new PodSpec { Containers = [new Container { Name = "main" }] } });
        _cluster.Writing = value =>
        {
            if (value is Pod && Interlocked.Increment(ref _tries) <= _failures)
                throw new ApiException(new Api.Meta.V1.Status { Code = 500, Reason = "InternalError" });
        };
        // Its own clock: what it does with time is not looked at here.
        _events = new EventRecorder(_cluster, "kubelet");
        var options = new NodeAgentOptions { NodeName = "n", DataDirectory = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N")), Addresses = ["192.0.2.10"] };
        // A refused pod comes near none of the parts that are null.
        _worker = new PodWorker(
            new PodServices
            {
                Options = options,
                Runtime = new FakeRuntime(_time),
                Directories = new PodDirectories(options),
                Statuses = new StatusWriter(_cluster),
                Events = _events,
                Time = _time,
                Log = NullLogger.Instance,
                Admission = new PodAdmission(() => [], (_, _) => Task.FromResult(Api.ApiMap<string>.Empty), "n", () => [], [_owner]),
                Owners = [_owner],
                DeviceHealth = (_, _) => [],
                HandBack = (_, _, _) => Task.FromResult(false),
                RuntimeHandler = (_, _) => Task.FromResult(""),
                MachineMemoryBytes = 1,
                Images = null!,
                Volumes = null!,
                ImageVolumes = null,
                References = null!,
                Cgroups = null!,
                Sandboxes = null!,
                Containers = null!,
                Handlers = null!,
                Probes = null!,
                Claims = null!,
            },
            Stored());
    }

    [Fact]
    public async Task Write_ThatFailed_IsTriedAgainWithTheNextRound()
    {
        _failures = 1;
        Start();
        // The back-off of a failed round, far from the ten seconds after which any status is written again.
        await UntilAsync(() => _tries == 1 && _time.NextDue is not null, "a first try, and a time for the next");
        Assert.Equal("", Stored().Status.Phase);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await UntilAsync(() => Stored().Status.Phase == "Failed", "the status");
        Assert.Equal(2, _tries);
    }

    [Fact]
    public async Task Status_WrittenOverByOthers_IsWrittenAgainAfterTenSeconds()
    {
        var before = Stored();
        Start();
        await UntilAsync(() => Stored().Status.Phase == "Failed", "the status");
        var written = _time.GetUtcNow();

        // Within the same second: the worker comes to the very status that it has just written.
        _cluster.Put(Stored() with { Status = before.Status });
        _worker.Update(Stored());
        await UntilAsync(() => _time.NextDue is not null, "a time for the next look");
        Assert.Equal(written.AddSeconds(10), _time.NextDue);
        Assert.Equal(1, _tries);
        Assert.Equal("", Stored().Status.Phase);

        _time.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(() => Stored().Status.Phase == "Failed", "the status again");
        Assert.Equal(2, _tries);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _events.DisposeAsync();
        _stop.Dispose();
    }

    private void Start() => _running = Task.Run(() => _worker.RunAsync(_stop.Token));

    private Pod Stored() => _cluster.GetAsync<Pod>("default", "p").GetAwaiter().GetResult();

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (!condition())
        {
            Assert.False(_running.IsCompleted, $"the worker ended: {_running.Exception}");
            Assert.True(DateTimeOffset.UtcNow < deadline, $"expected {what} within 60 s; {_tries} writes were tried, the stored status is {Stored().Status}, the next timer is due at {_time.NextDue}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Refusing : IResourceOwner
    {
        public ValueTask<AdmissionRefusal?> AdmitAsync(Pod pod, CancellationToken ct) => new(new AdmissionRefusal("Refused", "Not on this node"));

        public ValueTask ConfigureAsync(Pod pod, PodContainer container, ContainerConfig config, CancellationToken ct) => default;

        public void Release(string podUid)
        {
        }
    }
}

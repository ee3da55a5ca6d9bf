using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri.V1;
using Berth.Node.PodSync;
using Berth.Node.Resources;
using Berth.Node.Tests.Cri;
using Berth.Resources.Allocation;
using Berth.Resources.Cpu;
using Berth.Resources.Topology;
using Microsoft.Extensions.Logging.Abstractions;
using Container = Berth.Api.Core.V1.Container;

namespace Berth.Node.Tests.Resources;

public sealed class NodeAllocationsTests : IDisposable
{
    private const string Image = "busybox";

    // One node of 4 cores with 2 threads: CPU n and n+4 are a core; 0 is the system's.
    private static readonly NodeShape s_shape = new(
        NodeTopology.Uniform(1, 1, 4, 2), new NodePolicy { Cpu = new CpuPolicy { Static = true }, ReservedCpus = CpuSet.Parse("0") });

    private readonly string _directory = Directory.CreateTempSubdirectory("berth-allocations-").FullName;
    private readonly FakeRuntime _runtime = new(TimeProvider.System);

    public NodeAllocationsTests() => _runtime.AddImage(Image);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Admit_AGuaranteedPod_MovesTheOthersBeforeItsContainerIsMade()
    {
        var allocations = Create();
        var shared = await RunAsync(allocations, Pod("shared", "500m"));
        Assert.Equal("0-7", CpusOf(shared));

        var pinned = Pod("pinned", "2");
        Assert.Null(await allocations.AdmitAsync(pinned, default));

        Assert.Equal("0,2-4,6-7", CpusOf(shared));
        var config = Config();
        await allocations.ConfigureAsync(pinned, new PodContainer(pinned.Spec.Containers[0], ContainerRole.Main), config, default);
        Assert.Equal(("1,5", 0L), (config.Linux.Resources.CpusetCpus, config.Linux.Resources.CpuQuota));
        Assert.True(allocations.HasOwnCpus("pinned"));
        Assert.False(allocations.HasOwnCpus("shared"));
    }

    [Fact]
    public async Task Release_AnEndedPod_GivesItsCpusBackToTheOthers()
    {
        var allocations = Create();
        var shared = await RunAsync(allocations, Pod("shared", "500m"));
        await allocations.AdmitAsync(Pod("pinned", "2"), default);

        allocations.Release("pinned");
        using var stop = new CancellationTokenSource();
        var running = allocations.RunAsync(stop.Token);
        await WaitAsync(() => CpusOf(shared) == "0-7", "the shared container on all CPUs");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Admit_TheSchedulersChoiceHolds_IsTaken()
    {
        var pod = Pod("a", "2");
        var chosen = """{"cpus":"3,7","containers":{"main":{"cpus":"3,7","own":true}}}""";
        pod = pod with { Metadata = pod.Metadata with { Annotations = ApiMap.Of((AllocationAnnotations.Pod, chosen)) } };
        var allocations = Create();

        Assert.Null(await allocations.AdmitAsync(pod, default));

        Assert.Equal("3,7", Assert.Single(allocations.Held).Cpus.ToString());
    }

    [Theory]
    [InlineData("""{"cpus":"1,5","containers":{"main":{"cpus":"1,5","own":true}}}""")] // somebody else's
    [InlineData("""{"cpus":"0,4","containers":{"main":{"cpus":"0,4","own":true}}}""")] // reserved
    [InlineData("""{"cpus":"3","containers":{"main":{"cpus":"3","own":true}}}""")] // too few
    [InlineData("nonsense")]
    public async Task Admit_TheSchedulersChoiceDoesNotHold_IsMadeAnewWhereThereIsRoom(string chosen)
    {
        var allocations = Create();
        await allocations.AdmitAsync(Pod("first", "2"), default);
        var pod = Pod("a", "2");
        pod = pod with { Metadata = pod.Metadata with { Annotations = ApiMap.Of((AllocationAnnotations.Pod, chosen)) } };

        Assert.Null(await allocations.AdmitAsync(pod, default));

        Assert.Equal("2,6", allocations.Held.First(h => h.PodUid == "a").Cpus.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Admit_NoRoomIsLeft_GoesBackToASchedulerThatChoseAndFailsOtherwise(bool chosen)
    {
        var allocations = Create();
        await allocations.AdmitAsync(Pod("first", "6"), default);
        var pod = Pod("a", "2");
        if (chosen)
            pod = pod with { Metadata = pod.Metadata with { Annotations = ApiMap.Of((AllocationAnnotations.Pod, """{"cpus":"1,5","containers":{"main":{"cpus":"1,5","own":true}}}""")) } };

        var refusal = await allocations.AdmitAsync(pod, default);

        Assert.Equal(new AdmissionRefusal("UnexpectedAdmissionError", "needs 2 exclusive CPUs; 1 are free (of 7, 1 reserved)") { PlaceAgain = chosen }, refusal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_OfTheAgent_FindsWhatPodsHoldEvenWithADamagedCheckpoint(bool damaged)
    {
        var before = Create();
        await RunAsync(before, Pod("pinned", "2"));
        var held = before.Held;
        if (damaged)
            await File.WriteAllTextAsync(Checkpoint, "{\"version\":1,\"po");

        var after = Create();
        await after.RestoreAsync(default);

        Assert.Equal(held, after.Held);
        Assert.Equal("2,6", (await after.AdmitAsync(Pod("next", "2"), default), after.Held.First(h => h.PodUid == "next").Cpus.ToString()).Item2);
    }

    [Fact]
    public async Task Restart_PodsWentMeanwhile_GivesBackWhatTheyHeld()
    {
        var before = Create();
        await before.AdmitAsync(Pod("gone", "2"), default);
        await RunAsync(before, Pod("runs", "2"));

        var after = Create();
        await after.RestoreAsync(default);
        await after.ReleaseUnknownAsync(_ => false, default);

        // What still runs keeps its CPUs, known or not: the sweep ends it first.
        Assert.Equal(["runs"], after.Held.Select(h => h.PodUid));
    }

    [Fact]
    public async Task PolicyBecomesNone_ContainersWereKeptApart_RunEverywhereAgain()
    {
        var before = Create();
        var id = await RunAsync(before, Pod("pinned", "2"));
        Assert.Equal("1,5", CpusOf(id));

        var after = new NodeAllocations(new NodeShape(s_shape.Topology, new NodePolicy()), NodeConfiguration.Default, _runtime, Actual, Checkpoint, TimeProvider.System, NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var running = after.RunAsync(stop.Token);
        await WaitAsync(() => CpusOf(id) == "0-7", "the container on all CPUs");
        Assert.Empty(after.Held);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Cpu_GoesOfflineUnderAPod_IsReplacedToldAndWrittenDown()
    {
        var pods = new Dictionary<string, Pod>();
        var lost = new List<(string Pod, string Cpus, string? Instead)>();
        var allocations = Create(uid => pods.GetValueOrDefault(uid));
        allocations.LostCpus = (pod, cpus, instead) => lost.Add((pod.Metadata.Uid, cpus.ToString(), instead?.Cpus.ToString()));
        pods["pinned"] = Pod("pinned", "2");
        var id = await RunAsync(allocations, pods["pinned"]);
        Assert.Equal("1,5", CpusOf(id));

        using var stop = new CancellationTokenSource();
        var running = allocations.RunAsync(stop.Token);
        allocations.Reshape(Without(5));
        await WaitAsync(() => CpusOf(id) == "1,4", "the container on CPU 4 instead of 5");
        Assert.Equal([("pinned", "5", "1,4")], lost);
        Assert.Empty(allocations.Short);
        Assert.Equal("1,4", Assert.Single(new AllocationCheckpoint(Checkpoint).Read(out _)).Cpus.ToString());

        // Nothing is left to replace it: it runs on what it has, and is called short until the CPU is back.
        await allocations.AdmitAsync(Pod("rest", "4"), default);
        allocations.Reshape(Without(4, 5));
        await WaitAsync(() => CpusOf(id) == "1", "the container on what is left");
        Assert.Equal(["pinned"], allocations.Short);
        Assert.Equal(("pinned", "4", null), lost[^1]);
        allocations.Reshape(s_shape);
        await WaitAsync(() => CpusOf(id) == "1,4" && allocations.Short.Count == 0, "the container on both CPUs");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Restart_WithoutBooksAfterARepair_BelievesTheKernelRatherThanTheMarks()
    {
        var pod = Pod("pinned", "2");
        var before = Create(_ => pod);
        var id = await RunAsync(before, pod);
        await _runtime.UpdateContainerResourcesAsync(id, new LinuxContainerResources { CpusetCpus = "1-2" }, default);
        File.Delete(Checkpoint);

        var after = Create();
        await after.RestoreAsync(default);

        Assert.Equal("1-2", Assert.Single(after.Held).Find("main")!.Cpus.ToString());
    }

    [Fact]
    public void Checkpoint_OfVersion1_IsStillRead()
    {
        // Frozen: files of this form lie on nodes. When the form changes, keep this reader and raise the version.
        File.WriteAllText(Checkpoint, """{"version":1,"pods":[{"uid":"u","cpus":"1,5","memory":[["0","memory",1024]],"containers":{"main":{"cpus":"1,5","memory":[["0","memory",1024]],"own":true}}}]}""");

        var read = Assert.Single(new AllocationCheckpoint(Checkpoint).Read(out var problem));

        Assert.Null(problem);
        Assert.Equal(("u", "1,5", "0"), (read.PodUid, read.Cpus.ToString(), read.Find("main")!.MemoryNodes.ToString()));
        File.WriteAllText(Checkpoint, """{"version":99,"pods":[]}""");
        Assert.Empty(new AllocationCheckpoint(Checkpoint).Read(out problem));
        Assert.Contains("99", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resize_OfAPinnedPod_IsInfeasible()
    {
        var allocations = Create();
        await allocations.AdmitAsync(Pod("a", "2"), default);

        Assert.Equal(ResizeRefusal.Infeasible, allocations.AdmitResize(Pod("a", "3"), Pod("a", "2"))!.Reason);
        Assert.Null(allocations.AdmitResize(Pod("b", "600m"), Pod("b", "500m")));
    }

    private string Checkpoint => Path.Combine(_directory, "allocations.json");

    private NodeAllocations Create(Func<string, Pod?>? podOf = null) =>
        new(s_shape, NodeConfiguration.Default, _runtime, Actual, Checkpoint, TimeProvider.System, NullLogger.Instance) { PodOf = podOf ?? (static _ => null) };

    private static NodeShape Without(params int[] cpus) => new(
        new NodeTopology(s_shape.Topology.Cpus.Where(c => !cpus.Contains(c.Id)).Select(c => c with { Core = s_shape.Topology.CoreOf(c.Id).First(t => !cpus.Contains(t)) }), s_shape.Topology.NumaNodes), s_shape.Policy);

    private (string, string)? Actual(string uid, string containerId) => (CpusOf(containerId), "");

    private string CpusOf(string id) => _runtime.ContainerStatusAsync(id).Result.Status.Resources?.Linux?.CpusetCpus is { Length: > 0 } cpus ? cpus : _runtime.ConfigOf(id).Linux.Resources.CpusetCpus;

    // As a worker does it.
    private async Task<string> RunAsync(NodeAllocations allocations, Pod pod)
    {
        Assert.Null(await allocations.AdmitAsync(pod, default));
        var sandbox = await _runtime.RunPodSandboxAsync(new PodSandboxConfig { Metadata = new PodSandboxMetadata { Name = pod.Metadata.Name, Uid = pod.Metadata.Uid } });
        var config = Config();
        config.Labels[RuntimeLabels.PodUid] = pod.Metadata.Uid;
        config.Labels[RuntimeLabels.ContainerName] = "main";
        await allocations.ConfigureAsync(pod, new PodContainer(pod.Spec.Containers[0], ContainerRole.Main), config, default);
        var id = await _runtime.CreateContainerAsync(sandbox, config, new PodSandboxConfig());
        await _runtime.StartContainerAsync(id);
        return id;
    }

    private static ContainerConfig Config() => new()
    {
        Metadata = new ContainerMetadata { Name = "main" },
        Image = new ImageSpec { Image = Image },
        Linux = new LinuxContainerConfig { Resources = new LinuxContainerResources { CpuQuota = 200_000 } },
    };

    private static Pod Pod(string uid, string cpu)
    {
        var amounts = ApiMap<Quantity>.Empty.With("cpu", Quantity.Parse(cpu)).With("memory", Quantity.Parse("64Mi"));
        return new Pod
        {
            Metadata = new() { Name = uid, Namespace = "default", Uid = uid },
            Spec = new() { Containers = [new Container { Name = "main", Resources = new() { Requests = amounts, Limits = amounts } }] },
        };
    }

    private static async Task WaitAsync(Func<bool> wanted, string what)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(20);
        while (!wanted())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, $"expected {what} within 20 s");
            await Task.Delay(20);
        }
    }
}

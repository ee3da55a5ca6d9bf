using Berth.Node.Cri;
using Berth.Node.Cri.V1;
using Berth.Node.Tests.Runtime;

namespace Berth.Node.Tests.Cri;

/// <summary>What the node agent relies on in every container runtime; the fake passes it too, so that tests on the fake mean something.</summary>
public abstract class RuntimeServiceContract
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract IRuntimeService Runtime { get; }

    protected abstract PodSandboxConfig Sandbox(string name);

    [Fact]
    public async Task Sandbox_Run_IsListedReadyWithItsMetadata()
    {
        var config = Sandbox("listed");
        var id = await Runtime.RunPodSandboxAsync(config, cancellation: Cancellation);

        var ready = new PodSandboxFilter { State = new PodSandboxStateValue { State = PodSandboxState.SandboxReady }, LabelSelector = { ["test"] = "listed" } };
        var listed = Assert.Single(await Runtime.ListPodSandboxAsync(ready, Cancellation));
        Assert.Equal((id, config.Metadata), (listed.Id, listed.Metadata));
        Assert.NotEqual("", (await Runtime.PodSandboxStatusAsync(id, cancellation: Cancellation)).Status.Network.Ip);
        await Runtime.RemovePodSandboxAsync(id, Cancellation);
    }

    [Fact]
    public async Task Container_CreatedStartedEnded_ShowsEachStateWithItsTimes()
    {
        var (sandbox, container) = await CreateAsync("states", "exit 3");
        var created = await StatusAsync(container);
        Assert.Equal((ContainerState.ContainerCreated, 0L), (created.State, created.StartedAt));

        await Runtime.StartContainerAsync(container, Cancellation);
        var ended = await ContainerdFixture.ExitOfAsync(Runtime, container);

        Assert.Equal((3, "Error"), (ended.ExitCode, ended.Reason));
        // No order between the two later ones: containerd notes the start after the process may have ended already.
        Assert.True(created.CreatedAt <= ended.StartedAt && created.CreatedAt <= ended.FinishedAt, ended.ToString());
        await Runtime.RemovePodSandboxAsync(sandbox, Cancellation);
    }

    [Fact]
    public async Task Container_EndedWithZero_IsCompleted()
    {
        var (sandbox, container) = await CreateAsync("completed", "exit 0");
        await Runtime.StartContainerAsync(container, Cancellation);

        Assert.Equal("Completed", (await ContainerdFixture.ExitOfAsync(Runtime, container)).Reason);
        await Runtime.RemovePodSandboxAsync(sandbox, Cancellation);
    }

    [Fact]
    public async Task Container_StartedTwice_IsRefused()
    {
        var (sandbox, container) = await CreateAsync("twice", "sleep 100");
        await Runtime.StartContainerAsync(container, Cancellation);

        await Assert.ThrowsAsync<GrpcException>(() => Runtime.StartContainerAsync(container, Cancellation));
        Assert.Equal(ContainerState.ContainerRunning, (await StatusAsync(container)).State);
        await Runtime.RemovePodSandboxAsync(sandbox, Cancellation);
    }

    [Fact]
    public async Task Container_StoppedWithoutGrace_IsKilledAndStoppingAgainIsNoError()
    {
        var (sandbox, container) = await CreateAsync("killed", "sleep 100");
        await Runtime.StartContainerAsync(container, Cancellation);

        await Runtime.StopContainerAsync(container, TimeSpan.Zero, Cancellation);
        await Runtime.StopContainerAsync(container, TimeSpan.Zero, Cancellation);

        var status = await StatusAsync(container);
        Assert.Equal((ContainerState.ContainerExited, 137), (status.State, status.ExitCode));
        await Runtime.RemovePodSandboxAsync(sandbox, Cancellation);
    }

    [Fact]
    public async Task Sandbox_Stopped_KillsItsContainersAndIsNotReady()
    {
        var (sandbox, container) = await CreateAsync("stopped", "sleep 100");
        await Runtime.StartContainerAsync(container, Cancellation);

        await Runtime.StopPodSandboxAsync(sandbox, Cancellation);
        await Runtime.StopPodSandboxAsync(sandbox, Cancellation);

        Assert.Equal(ContainerState.ContainerExited, (await StatusAsync(container)).State);
        Assert.Equal(PodSandboxState.SandboxNotready, (await Runtime.PodSandboxStatusAsync(sandbox, cancellation: Cancellation)).Status.State);
        await Runtime.RemovePodSandboxAsync(sandbox, Cancellation);
    }

    [Fact]
    public async Task Sandbox_Removed_TakesItsContainersAlongAndRemovingAgainIsNoError()
    {
        var (sandbox, container) = await CreateAsync("removed", "sleep 100");
        await Runtime.StartContainerAsync(container, Cancellation);

        await Runtime.StopPodSandboxAsync(sandbox, Cancellation);
        await Runtime.RemovePodSandboxAsync(sandbox, Cancellation);
        await Runtime.RemovePodSandboxAsync(sandbox, Cancellation);
        await Runtime.RemoveContainerAsync(container, Cancellation);

        Assert.Empty(await Runtime.ListContainersAsync(new ContainerFilter { Id = container }, Cancellation));
        Assert.Equal(GrpcStatusCode.NotFound, (await Assert.ThrowsAsync<GrpcException>(() => StatusAsync(container))).Code);
    }

    [Fact]
    public async Task Containers_Filtered_AreThoseOfTheFilter()
    {
        var (sandbox, running) = await CreateAsync("filter", "sleep 100");
        await Runtime.StartContainerAsync(running, Cancellation);
        var config = ContainerdFixture.Shell("second", "sleep 100");
        config.Labels["role"] = "second";
        var created = await Runtime.CreateContainerAsync(sandbox, config, Sandbox("filter"), Cancellation);

        Assert.Equal([running], await IdsAsync(new ContainerFilter { PodSandboxId = sandbox, State = new ContainerStateValue { State = ContainerState.ContainerRunning } }));
        Assert.Equal([created], await IdsAsync(new ContainerFilter { PodSandboxId = sandbox, LabelSelector = { ["role"] = "second" } }));
        Assert.Equal(2, (await IdsAsync(new ContainerFilter { PodSandboxId = sandbox })).Count);
        await Runtime.RemovePodSandboxAsync(sandbox, Cancellation);
    }

    [Fact]
    public async Task CreateContainer_WithoutSandboxOrImage_IsNotFound()
    {
        var config = Sandbox("missing");
        var missingSandbox = await Assert.ThrowsAsync<GrpcException>(
            () => Runtime.CreateContainerAsync("no-such-sandbox", ContainerdFixture.Shell("main", "true"), config, Cancellation));
        Assert.Equal(GrpcStatusCode.NotFound, missingSandbox.Code);

        var sandbox = await Runtime.RunPodSandboxAsync(config, cancellation: Cancellation);
        var container = ContainerdFixture.Shell("main", "true");
        container.Image.Image = "berth.local/no-such-image:1";
        await Assert.ThrowsAsync<GrpcException>(() => Runtime.CreateContainerAsync(sandbox, container, config, Cancellation));
        await Runtime.RemovePodSandboxAsync(sandbox, Cancellation);
    }

    private async Task<(string Sandbox, string Container)> CreateAsync(string name, string script)
    {
        var config = Sandbox(name);
        var sandbox = await Runtime.RunPodSandboxAsync(config, cancellation: Cancellation);
        return (sandbox, await Runtime.CreateContainerAsync(sandbox, ContainerdFixture.Shell("main", script), config, Cancellation));
    }

    private async Task<ContainerStatus> StatusAsync(string container) => (await Runtime.ContainerStatusAsync(container, cancellation: Cancellation)).Status;

    private async Task<List<string>> IdsAsync(ContainerFilter filter) =>
        [.. (await Runtime.ListContainersAsync(filter, Cancellation)).Select(container => container.Id)];
}

public sealed class ContainerdRuntimeServiceTests(ContainerdFixture fixture) : RuntimeServiceContract
{
    protected override IRuntimeService Runtime => fixture.Client;

    protected override PodSandboxConfig Sandbox(string name) => fixture.Sandbox(name);
}

public sealed class FakeRuntimeServiceTests : RuntimeServiceContract
{
    private readonly FakeRuntime _runtime = new(TimeProvider.System);

    public FakeRuntimeServiceTests() => _runtime.AddImage(Berth.Node.Images.LocalImages.BusyboxName);

    protected override IRuntimeService Runtime => _runtime;

    protected override PodSandboxConfig Sandbox(string name) =>
        ContainerdFixture.Sandbox(new Berth.Node.Runtime.ContainerdOptions { DataDirectory = Path.GetTempPath(), PodCidrs = [] }, name);
}

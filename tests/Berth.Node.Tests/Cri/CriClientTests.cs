using System.Diagnostics;
using Berth.Node.Cri;
using Berth.Node.Cri.V1;
using Berth.Node.Tests.Runtime;

namespace Berth.Node.Tests.Cri;

/// <summary>CRI against the real containerd: the numbers in our protocol files are right if its answers mean what they should.</summary>
public sealed class CriClientTests(ContainerdFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Version_OfContainerd_NamesItAndItsApi()
    {
        var version = await fixture.Client.VersionAsync(Cancellation);

        Assert.Equal("containerd", version.RuntimeName);
        Assert.Equal("v1", version.RuntimeApiVersion);
        Assert.StartsWith($"{fixture.Containerd.Version.Major}.{fixture.Containerd.Version.Minor}.", version.RuntimeVersion.TrimStart('v'));
    }

    [Fact]
    public async Task Pod_FromSandboxToRemoval_GoesThroughAllStates()
    {
        var client = fixture.Client;
        var sandbox = fixture.Sandbox("round-trip");
        var watch = Stopwatch.StartNew();
        var sandboxId = await client.RunPodSandboxAsync(sandbox, cancellation: Cancellation);
        var sandboxTime = watch.Elapsed;

        var config = ContainerdFixture.Shell("main", "echo to-stdout; echo to-stderr >&2; hostname; trap 'exit 7' TERM; while true; do sleep 0.1; done");
        config.Envs.Add(new KeyValue { Key = "GREETING", Value = Google.Protobuf.ByteString.CopyFromUtf8("hello") });
        config.Labels["role"] = "main";
        var containerId = await client.CreateContainerAsync(sandboxId, config, sandbox, Cancellation);
        await client.StartContainerAsync(containerId, Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine($"sandbox {sandboxTime.TotalMilliseconds:0} ms, sandbox to started {watch.ElapsedMilliseconds} ms");

        var pod = (await client.PodSandboxStatusAsync(sandboxId, cancellation: Cancellation)).Status;
        Assert.Equal(PodSandboxState.SandboxReady, pod.State);
        Assert.StartsWith("10.199.", pod.Network.Ip);
        Assert.Equal(sandbox.Metadata, pod.Metadata);
        var running = (await client.ContainerStatusAsync(containerId, cancellation: Cancellation)).Status;
        Assert.Equal(ContainerState.ContainerRunning, running.State);
        Assert.True(running.StartedAt >= running.CreatedAt && running.CreatedAt > 0);
        Assert.Equal(Path.Combine(sandbox.LogDirectory, "main.log"), running.LogPath);
        var listed = Assert.Single(await client.ListContainersAsync(new ContainerFilter { LabelSelector = { ["role"] = "main" } }, Cancellation));
        Assert.Equal((containerId, sandboxId), (listed.Id, listed.PodSandboxId));

        var exec = await client.ExecSyncAsync(containerId, ["sh", "-c", "echo $GREETING; echo oops >&2; exit 3"], TimeSpan.FromSeconds(10), Cancellation);
        Assert.Equal(("hello\n", "oops\n", 3), (exec.Stdout.ToStringUtf8(), exec.Stderr.ToStringUtf8(), exec.ExitCode));

        var stats = await client.ContainerStatsAsync(containerId, Cancellation);
        Assert.Equal(containerId, stats.Attributes.Id);
        Assert.True(stats.Memory.WorkingSetBytes.Value > 0, stats.ToString());

        await client.StopContainerAsync(containerId, TimeSpan.FromSeconds(10), Cancellation);
        var exited = (await client.ContainerStatusAsync(containerId, cancellation: Cancellation)).Status;
        Assert.Equal((ContainerState.ContainerExited, 7, "Error"), (exited.State, exited.ExitCode, exited.Reason));
        var log = await File.ReadAllLinesAsync(exited.LogPath, Cancellation);
        Assert.Contains(log, line => line.EndsWith(" stdout F to-stdout", StringComparison.Ordinal));
        Assert.Contains(log, line => line.EndsWith(" stderr F to-stderr", StringComparison.Ordinal));
        Assert.Contains(log, line => line.EndsWith(" stdout F round-trip", StringComparison.Ordinal));

        watch.Restart();
        await client.StopPodSandboxAsync(sandboxId, Cancellation);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"the pause process took {watch.Elapsed} to stop; it must act on SIGTERM or the sandbox waits for its grace");
        Assert.Equal(PodSandboxState.SandboxNotready, (await client.PodSandboxStatusAsync(sandboxId, cancellation: Cancellation)).Status.State);
        await client.RemovePodSandboxAsync(sandboxId, Cancellation);
        await client.RemovePodSandboxAsync(sandboxId, Cancellation);
        Assert.Empty(await client.ListPodSandboxAsync(new PodSandboxFilter { Id = sandboxId }, Cancellation));
    }

    [Fact]
    public async Task ContainerStatus_OfUnknownId_IsNotFound()
    {
        var error = await Assert.ThrowsAsync<GrpcException>(() => fixture.Client.ContainerStatusAsync("no-such-container", cancellation: Cancellation));

        Assert.Equal(GrpcStatusCode.NotFound, error.Code);
        Assert.Contains("no-such-container", error.Detail);
    }

    [Fact]
    public async Task PullImage_WithoutSuchRegistry_FailsWithTheReason()
    {
        var error = await Assert.ThrowsAsync<GrpcException>(
            () => fixture.Client.PullImageAsync(new ImageSpec { Image = "127.0.0.1:1/nothing:1" }, cancellation: Cancellation));

        Assert.Contains("127.0.0.1:1", error.Detail);
    }

    [Fact]
    public async Task AnyCall_WithoutSocket_IsUnavailable()
    {
        using var client = new CriClient("/nonexistent/runtime.sock");

        var error = await Assert.ThrowsAsync<GrpcException>(() => client.VersionAsync(Cancellation));

        Assert.Equal(GrpcStatusCode.Unavailable, error.Code);
        Assert.Contains("/nonexistent/runtime.sock", error.Detail);
    }

    [Fact]
    public async Task ExecSync_PastItsLimit_IsDeadlineExceeded()
    {
        var sandbox = fixture.Sandbox("exec-limit");
        var sandboxId = await fixture.Client.RunPodSandboxAsync(sandbox, cancellation: Cancellation);
        var containerId = await fixture.Client.CreateContainerAsync(sandboxId, ContainerdFixture.Shell("main", "sleep 100"), sandbox, Cancellation);
        await fixture.Client.StartContainerAsync(containerId, Cancellation);

        var error = await Assert.ThrowsAsync<GrpcException>(
            () => fixture.Client.ExecSyncAsync(containerId, ["sleep", "100"], TimeSpan.FromSeconds(1), Cancellation));

        Assert.Equal(GrpcStatusCode.DeadlineExceeded, error.Code);
        await fixture.Client.RemovePodSandboxAsync(sandboxId, Cancellation);
    }
}

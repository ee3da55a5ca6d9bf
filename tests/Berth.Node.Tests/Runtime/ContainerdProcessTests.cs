using Berth.Linux.Cgroups;
using Berth.Linux.Mounts;
using Berth.Linux.Processes;
using Berth.Node.Cri;
using Berth.Node.Cri.V1;
using Berth.Node.Images;
using Berth.Node.Runtime;
using Signal = Berth.Linux.Processes.Signal;

namespace Berth.Node.Tests.Runtime;

/// <summary>The life of an instance's containerd; each test has one of its own.</summary>
public sealed class ContainerdProcessTests : IAsyncLifetime
{
    private readonly List<string> _log = [];
    private readonly ContainerdOptions _options = ContainerdFixture.NewOptions();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(ContainerdFixture.Unavailable() is not null, ContainerdFixture.Unavailable() ?? "");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await new ContainerdPurge(_options, _log.Add, TimeProvider.System).PurgeAsync(CancellationToken.None);
        Directory.Delete(_options.DataDirectory, recursive: true);
    }

    [Fact]
    public async Task Containerd_AfterItsBerthEnded_IsAdoptedWithItsPods()
    {
        var first = await StartAsync();
        var (_, container, pid) = await RunPodAsync(first);
        await first.DisposeAsync(); // what is left when Berth is killed: the process, not the watcher

        await using var second = await StartAsync();

        Assert.True(second.Adopted, string.Join('\n', _log));
        Assert.Equal(first.Process, second.Process);
        Assert.Equal(ContainerState.ContainerRunning, (await second.Client.ContainerStatusAsync(container, cancellation: Cancellation)).Status.State);
        Assert.True(pid.IsAlive);
    }

    [Fact]
    public async Task Containerd_StoppedAndStarted_FindsItsRunningPods()
    {
        var first = await StartAsync();
        var (_, container, pid) = await RunPodAsync(first);
        await first.StopAsync(Cancellation);
        Assert.False(first.Process.IsAlive);
        Assert.True(pid.IsAlive);

        await using var second = await StartAsync();

        Assert.False(second.Adopted);
        Assert.Equal(ContainerState.ContainerRunning, (await second.Client.ContainerStatusAsync(container, cancellation: Cancellation)).Status.State);
        Assert.True(pid.IsAlive);
    }

    [Fact]
    public async Task Containerd_Killed_IsStartedAgainAndKeepsItsPods()
    {
        await using var containerd = await StartAsync();
        var (_, container, pid) = await RunPodAsync(containerd);
        var killed = containerd.Process;

        killed.Send(Signal.Kill);
        await UntilAsync("containerd runs again", async () => containerd.Process != killed && await AnswersAsync(containerd.Client));

        Assert.Equal(ContainerState.ContainerRunning, (await containerd.Client.ContainerStatusAsync(container, cancellation: Cancellation)).Status.State);
        Assert.True(pid.IsAlive);
        await UntilAsync("the restart is logged", () => Task.FromResult(Log().Contains("started again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Purge_WithRunningPods_LeavesNothingOfTheInstance()
    {
        var containerd = await StartAsync();
        var (_, _, pid) = await RunPodAsync(containerd);
        await containerd.DisposeAsync();
        Assert.NotEmpty(MountTable.Under(_options.DataDirectory));
        Assert.True(Directory.Exists($"/sys/class/net/{_options.EffectiveBridgeName}"));

        await PurgeAsync();

        AssertNothingLeft(containerd, pid);
    }

    [Fact]
    public async Task Purge_AfterContainerdWasKilled_LeavesNothingOfTheInstance()
    {
        var containerd = await StartAsync();
        var (_, _, pid) = await RunPodAsync(containerd);
        await containerd.DisposeAsync();
        containerd.Process.Send(Signal.Kill);

        await PurgeAsync();
        await PurgeAsync();

        AssertNothingLeft(containerd, pid);
    }

    [Fact]
    public async Task Start_WithBrokenContainerd_SaysWhyWithItsLog()
    {
        var broken = Path.Combine(_options.DataDirectory, "broken-containerd");
        await File.WriteAllTextAsync(
            broken, "#!/bin/sh\n[ \"$1\" = --version ] && { echo 'containerd x 1.7.0 y'; exit; }\necho 'cannot do it today'; sleep 0.2; exit 1\n", Cancellation);
        File.SetUnixFileMode(broken, FileModes.Rwxrxrx);

        var error = await Assert.ThrowsAsync<RuntimeStartException>(
            () => ContainerdProcess.StartAsync(_options with { ContainerdPath = broken }, _log.Add, TimeProvider.System, Cancellation));

        Assert.Contains("cannot do it today", error.Message);
        Assert.Contains("containerd.log", error.Message);
    }

    [Fact]
    public async Task Start_OfContainerdThatNeverAnswers_EndsItAndSaysSo()
    {
        var silent = Path.Combine(_options.DataDirectory, "silent-containerd");
        await File.WriteAllTextAsync(
            silent, "#!/bin/sh\n[ \"$1\" = --version ] && { echo 'containerd x 1.7.0 y'; exit; }\nexec sleep 1000\n", Cancellation);
        File.SetUnixFileMode(silent, FileModes.Rwxrxrx);

        var error = await Assert.ThrowsAsync<RuntimeStartException>(() => ContainerdProcess.StartAsync(
            _options with { ContainerdPath = silent, StartLimit = TimeSpan.FromSeconds(1) }, _log.Add, TimeProvider.System, Cancellation));

        Assert.Contains("within 1 s", error.Message);
        Assert.Contains("no socket", error.Message);
        var pid = int.Parse(_log[^1].Split("pid ")[1]);
        Assert.Null(ProcessIdentity.Of(pid));
    }

    [Fact]
    public async Task Start_WithTooOldContainerd_NamesBothVersions()
    {
        var old = Path.Combine(_options.DataDirectory, "old-containerd");
        await File.WriteAllTextAsync(old, "#!/bin/sh\necho 'containerd x 1.4.13 y'\n", Cancellation);
        File.SetUnixFileMode(old, FileModes.Rwxrxrx);

        var error = await Assert.ThrowsAsync<RuntimeStartException>(
            () => ContainerdProcess.StartAsync(_options with { ContainerdPath = old }, _log.Add, TimeProvider.System, Cancellation));

        Assert.Contains("1.4.13", error.Message);
        Assert.Contains("1.6", error.Message);
    }

    [Fact]
    public async Task TwoInstances_SideBySide_DoNotSeeEachOther()
    {
        var otherOptions = ContainerdFixture.NewOptions();
        try
        {
            await using var one = await StartAsync();
            await using var other = await ContainerdProcess.StartAsync(otherOptions, _log.Add, TimeProvider.System, Cancellation);
            var (_, _, pid) = await RunPodAsync(one);
            Assert.Empty(await other.Client.ListPodSandboxAsync(cancellation: Cancellation));

            await other.DisposeAsync();
            await new ContainerdPurge(otherOptions, _log.Add, TimeProvider.System).PurgeAsync(Cancellation);

            Assert.True(pid.IsAlive);
            Assert.Single(await one.Client.ListPodSandboxAsync(cancellation: Cancellation));
        }
        finally
        {
            await new ContainerdPurge(otherOptions, _log.Add, TimeProvider.System).PurgeAsync(CancellationToken.None);
            Directory.Delete(otherOptions.DataDirectory, recursive: true);
        }
    }

    private string Log()
    {
        lock (_log) return string.Join('\n', _log);
    }

    private Task<ContainerdProcess> StartAsync() => ContainerdProcess.StartAsync(
        _options,
        line =>
        {
            lock (_log) _log.Add(line);
        },
        TimeProvider.System,
        Cancellation);

    private Task PurgeAsync() => new ContainerdPurge(_options, _log.Add, TimeProvider.System).PurgeAsync(Cancellation);

    /// <summary>A pod with one container that runs until it is stopped; the process is the container's first.</summary>
    private async Task<(string Sandbox, string Container, ProcessIdentity Process)> RunPodAsync(ContainerdProcess containerd)
    {
        await containerd.Importer.ImportAsync(await LocalImages.BusyboxAsync(Cancellation), Cancellation);
        var sandbox = ContainerdFixture.Sandbox(_options, "pod");
        var sandboxId = await containerd.Client.RunPodSandboxAsync(sandbox, cancellation: Cancellation);
        var containerId = await containerd.Client.CreateContainerAsync(sandboxId, ContainerdFixture.Shell("main", "sleep 100000"), sandbox, Cancellation);
        await containerd.Client.StartContainerAsync(containerId, Cancellation);
        var status = await containerd.Client.ContainerStatusAsync(containerId, verbose: true, Cancellation);
        var process = ProcessIdentity.Of(RuntimeInfo.PidOf(status.Info)!.Value);
        Assert.NotNull(process);
        return (sandboxId, containerId, process.Value);
    }

    private void AssertNothingLeft(ContainerdProcess containerd, ProcessIdentity container)
    {
        Assert.False(container.IsAlive);
        Assert.False(containerd.Process.IsAlive);
        Assert.DoesNotContain(ProcessIdentity.All(), process => ProcessIdentity.CommandLineOf(process.Pid).Contains(containerd.Paths.Socket));
        Assert.Empty(MountTable.Under(_options.DataDirectory));
        Assert.False(Directory.Exists(containerd.Paths.Base));
        Assert.False(Directory.Exists($"/sys/class/net/{_options.EffectiveBridgeName}"));
        Assert.False(new Cgroup(CgroupHierarchy.Detect(), _options.CgroupRoot).Exists);
        if (Directory.Exists("/var/lib/cni/results")) Assert.Empty(Directory.GetFiles("/var/lib/cni/results", containerd.Paths.NetworkName + "*"));
        Assert.False(Directory.Exists(containerd.Paths.RunDirectory));
    }

    private static async Task<bool> AnswersAsync(CriClient client)
    {
        try
        {
            return (await client.StatusAsync(cancellation: Cancellation)).Status.Conditions.All(condition => condition.Status);
        }
        catch (GrpcException)
        {
            return false;
        }
    }

    private async Task UntilAsync(string state, Func<Task<bool>> reached)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await reached())
        {
            Assert.False(limit.IsCancellationRequested, $"expected within 30 s: {state}; log:\n{Log()}");
            await Task.Delay(20, Cancellation);
        }
    }
}

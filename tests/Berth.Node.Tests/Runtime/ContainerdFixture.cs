using Berth.Linux.Processes;
using Berth.Node.Cri;
using Berth.Node.Cri.V1;
using Berth.Node.Images;
using Berth.Node.Runtime;

namespace Berth.Node.Tests.Runtime;

/// <summary>One real containerd for all tests of the assembly that name it, in a data directory of its own, purged at the end.</summary>
public sealed class ContainerdFixture : IAsyncLifetime
{
    private static int _networks = Environment.ProcessId % 200;

    private readonly List<string> _log = [];
    private ContainerdProcess? _containerd;

    public ContainerdOptions Options { get; } = NewOptions();

    public ContainerdProcess Containerd
    {
        get
        {
            Assert.SkipWhen(_containerd is null, Unavailable() ?? "containerd did not start");
            return _containerd;
        }
    }

    public CriClient Client => Containerd.Client;

    /// <summary>Why there can be no real runtime here, or null.</summary>
    public static string? Unavailable() =>
        !Environment.IsPrivilegedProcess ? "needs root"
        : ProcessRunner.Find("containerd") is null || ProcessRunner.Find("runc") is null ? "needs containerd and runc"
        : null;

    /// <summary>BERTH_TEST_CONTAINERD names another containerd than the distribution's, with its shim and ctr beside it.</summary>
    public static ContainerdOptions NewOptions() => new()
    {
        ContainerdPath = Environment.GetEnvironmentVariable("BERTH_TEST_CONTAINERD"),
        DataDirectory = Directory.CreateTempSubdirectory("berth-node-test-").FullName,
        PodCidrs = [$"10.199.{Interlocked.Increment(ref _networks) % 256}.0/24"],
    };

    public async ValueTask InitializeAsync()
    {
        if (Unavailable() is not null) return;
        try
        {
            _containerd = await ContainerdProcess.StartAsync(Options, _log.Add, TimeProvider.System);
            await _containerd.Importer.ImportAsync(await LocalImages.BusyboxAsync());
        }
        catch
        {
            await PurgeAsync(); // xunit does not dispose of a fixture that failed to start
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_containerd is null) return;
        await _containerd.DisposeAsync();
        await PurgeAsync();
    }

    private async Task PurgeAsync()
    {
        await new ContainerdPurge(Options, _log.Add, TimeProvider.System).PurgeAsync();
        Directory.Delete(Options.DataDirectory, recursive: true);
    }

    public PodSandboxConfig Sandbox(string name) => Sandbox(Options, name);

    public static PodSandboxConfig Sandbox(ContainerdOptions options, string name)
    {
        var logs = Path.Combine(options.DataDirectory, "pods", name);
        Directory.CreateDirectory(logs);
        return new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = name, Namespace = "default", Uid = Guid.NewGuid().ToString() },
            Hostname = name,
            LogDirectory = logs,
            Labels = { ["test"] = name },
            Linux = new LinuxPodSandboxConfig { CgroupParent = options.CgroupRoot + "/" + name },
        };
    }

    public static ContainerConfig Shell(string name, string script) => new()
    {
        Metadata = new ContainerMetadata { Name = name },
        Image = new ImageSpec { Image = LocalImages.BusyboxName },
        Command = { "/bin/sh", "-c", script },
        LogPath = name + ".log",
        Linux = new LinuxContainerConfig { SecurityContext = new LinuxContainerSecurityContext() },
    };

    /// <summary>Waits until a container has ended.</summary>
    public static async Task<ContainerStatus> ExitOfAsync(IRuntimeService runtime, string containerId)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var status = (await runtime.ContainerStatusAsync(containerId, cancellation: TestContext.Current.CancellationToken)).Status;
            if (status.State == ContainerState.ContainerExited) return status;
            Assert.False(limit.IsCancellationRequested, $"expected container {containerId} to exit within 30 s; it is {status.State}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}

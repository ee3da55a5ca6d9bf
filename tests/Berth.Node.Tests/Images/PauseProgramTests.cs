using Berth.Node.Cri;
using Berth.Node.Cri.V1;
using Berth.Node.Images;
using Berth.Node.Tests.Runtime;

namespace Berth.Node.Tests.Images;

public sealed class PauseProgramTests(ContainerdFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("amd64", 232)]
    [InlineData("arm64", 248)]
    public void Build_ForEachArchitecture_IsASmallStaticProgram(string architecture, int bytes)
    {
        var program = PauseProgram.Build(architecture);

        Assert.Equal(bytes, program.Length);
        Assert.True(ElfFile.IsStatic(program));
    }

    /// <summary>With a shared pid namespace it is pid 1 of the whole pod, and orphans become its children.</summary>
    [Fact]
    public async Task Pause_AsPid1OfASharedNamespace_ReapsOrphans()
    {
        var client = fixture.Client;
        var sandbox = fixture.Sandbox("reap");
        sandbox.Linux.SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = new NamespaceOption { Pid = NamespaceMode.Pod } };
        var sandboxId = await client.RunPodSandboxAsync(sandbox, cancellation: Cancellation);
        var config = ContainerdFixture.Shell("main", "for i in 1 2 3; do (sleep 0.05 &) ; done; sleep 100");
        config.Linux.SecurityContext.NamespaceOptions = new NamespaceOption { Pid = NamespaceMode.Pod };
        var containerId = await client.CreateContainerAsync(sandboxId, config, sandbox, Cancellation);
        await client.StartContainerAsync(containerId, Cancellation);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        string processes;
        do
        {
            Assert.False(limit.IsCancellationRequested, "expected pause and one sleep, no zombies");
            var exec = await client.ExecSyncAsync(containerId, ["sh", "-c", "cat /proc/[0-9]*/stat | cut -d' ' -f2,3"], TimeSpan.FromSeconds(5), Cancellation);
            processes = exec.Stdout.ToStringUtf8();
        }
        while (processes.Contains(" Z", StringComparison.Ordinal) || processes.Split("(sleep)").Length != 2);

        Assert.Contains("(pause)", processes);
        await client.RemovePodSandboxAsync(sandboxId, Cancellation);
    }
}

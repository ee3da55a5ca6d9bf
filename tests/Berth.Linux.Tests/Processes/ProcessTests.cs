using System.Diagnostics;
using Berth.Linux.Processes;

namespace Berth.Linux.Tests.Processes;

public sealed class ProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OfFailingProgram_CarriesCommandCodeAndErrorText()
    {
        var error = await Assert.ThrowsAsync<ProcessFailedException>(
            () => ProcessRunner.RunAsync("sh", ["-c", "echo out; echo reason >&2; exit 4"], cancellation: Cancellation));

        Assert.Equal("sh -c echo out; echo reason >&2; exit 4: exit code 4: reason", error.Message);
        Assert.Equal(new ProcessResult(4, "out\n", "reason\n"), error.Result);
    }

    [Fact]
    public async Task Run_OfMissingProgram_NamesIt()
    {
        var error = await Assert.ThrowsAsync<ProcessFailedException>(() => ProcessRunner.RunAsync("no-such-program", [], cancellation: Cancellation));

        Assert.Contains("no-such-program", error.Message);
    }

    [Fact]
    public async Task Run_PastItsLimit_KillsIt()
    {
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAsync<ProcessFailedException>(
            () => ProcessRunner.RunAsync("sleep", ["1000"], limit: TimeSpan.FromMilliseconds(100), cancellation: Cancellation));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Run_WithLargeInputAndOutput_PassesBoth()
    {
        var text = new string('x', 1 << 20);

        Assert.Equal(text, await ProcessRunner.RunAsync("cat", [], text, cancellation: Cancellation));
    }

    [Fact]
    public async Task DetachedProcess_Started_HasItsOwnSessionEnvironmentAndOutput()
    {
        using var temp = new TempDirectory();
        var output = Path.Combine(temp.Path, "out");
        File.WriteAllText(output, "before\n");

        var pid = DetachedProcess.Start(
            "/bin/sh",
            ["-c", "cut -d' ' -f6 /proc/self/stat; echo $MARK; env | wc -l; grep SigIgn /proc/self/status; echo err >&2; exit 5"],
            new Dictionary<string, string> { ["MARK"] = "m", ["PATH"] = "/usr/bin:/bin" },
            output);
        using var handle = ProcessHandle.Open(pid);
        var code = await handle!.WaitForExitAsync(Cancellation);

        Assert.Equal(5, code);
        var lines = File.ReadAllLines(output);
        Assert.Equal("before", lines[0]);
        Assert.Equal(pid.ToString(), lines[1]);
        Assert.Equal("m", lines[2]);
        Assert.InRange(int.Parse(lines[3]), 2, 4); // ours and what the shell adds
        // Signals 32 and 33 are the C library's own and cannot be reset; the rest, SIGPIPE above all, must be.
        Assert.Equal(0UL, ulong.Parse(lines[4].Split('\t')[1], System.Globalization.NumberStyles.HexNumber) & 0x7fffffff);
        Assert.Equal("err", lines[5]);
    }

    [Fact]
    public void DetachedProcess_OfMissingProgram_NamesIt()
    {
        var error = Assert.Throws<LinuxException>(() => DetachedProcess.Start("/no/such/program", [], new Dictionary<string, string>(), "/dev/null"));

        Assert.Equal(LinuxException.NoEntry, error.Errno);
        Assert.Contains("/no/such/program", error.Message);
    }

    [Fact]
    public async Task ProcessIdentity_AfterItsEnd_IsDeadAndTakesNoSignal()
    {
        using var process = Process.Start("sleep", "1000");
        var identity = ProcessIdentity.Of(process.Id)!.Value;
        Assert.True(identity.IsAlive);
        Assert.Equal(["sleep", "1000"], ProcessIdentity.CommandLineOf(process.Id));
        Assert.Equal(Environment.ProcessId, ProcessIdentity.ParentOf(process.Id));

        Assert.True(identity.Send(Signal.Term));
        await process.WaitForExitAsync(Cancellation);

        Assert.False(identity.IsAlive);
        Assert.False(identity.Send(Signal.Term));
    }

    [Fact]
    public async Task WaitForExit_Cancelled_LeavesTheProcess()
    {
        using var process = Process.Start("sleep", "1000");
        using var handle = ProcessHandle.Open(process.Id);
        using var cancel = new CancellationTokenSource();
        var wait = handle!.WaitForExitAsync(cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.False(process.HasExited);
        process.Kill();
        await process.WaitForExitAsync(Cancellation);
    }

    [Fact]
    public void Capabilities_FromStatus_AreReadAsHexadecimalBits()
    {
        Assert.Equal(0x000001fffeffffffUL, Capabilities.ReadEffective(["Name:\tx", "CapEff:\t000001fffeffffff"]));
    }
}

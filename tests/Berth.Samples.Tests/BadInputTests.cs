using System.Net;
using System.Net.Sockets;

namespace Berth.Samples.Tests;

/// <summary>What people get wrong when they start Berth: it says what, where and what to do, and leaves nothing behind that purging does not remove.</summary>
[Collection("berth")]
public sealed class BadInputTests : IAsyncDisposable
{
    private const string Ranges = "--pod-cidr 10.78.0.0/16 --service-cidr 10.79.0.0/16";

    private readonly string _directory = Directory.CreateTempSubdirectory("berth-bad-").FullName;
    private bool _mounted;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string DataDirectory => Path.Combine(_directory, "data");

    [Theory]
    [InlineData("--bogus", "--bogus")]
    [InlineData("--listen nonsense", "is not an address with a port")]
    [InlineData("--pod-cidr 10.0.0.0/99", "is neither a range")]
    [InlineData("--pod-cidr 10.78.0.0/16 --service-cidr 10.78.0.0/16", "overlap")]
    [InlineData("--node-name Bad_Name", "is not a DNS name")]
    [InlineData("--log-level loud", "loud")]
    [InlineData("--ingress a,b", "is neither a port nor an address with a port")]
    public async Task Up_WithABadOption_NamesIt(string options, string problem)
    {
        var (code, text) = await UpAsync(options);

        Assert.Equal(1, code);
        Assert.Contains(problem, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_InADirectoryOfOthers_LeavesItAlone()
    {
        Directory.CreateDirectory(DataDirectory);
        var theirs = Path.Combine(DataDirectory, "theirs");
        await File.WriteAllTextAsync(theirs, "text", Cancellation);

        var (code, text) = await UpAsync(Ranges);

        Assert.Equal(1, code);
        Assert.Contains("holds things that are not berth's", text, StringComparison.Ordinal);
        Assert.Equal([theirs], Directory.EnumerateFileSystemEntries(DataDirectory));
    }

    [Fact]
    public async Task Up_OnAPortInUse_NamesIt()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var (code, text) = await UpAsync($"--listen {other.LocalEndpoint} {Ranges}");

        Assert.Equal(1, code);
        Assert.Contains($"{other.LocalEndpoint} is in use by another program", text, StringComparison.Ordinal);
        Assert.Contains("--listen", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_WithARuntimeThatDoesNotAnswer_NamesItsSocket()
    {
        var socket = Path.Combine(_directory, "none.sock");

        var (code, text) = await UpAsync($"--listen 127.0.0.1:7656 --runtime-endpoint {socket} {Ranges}");

        Assert.Equal(1, code);
        Assert.Contains($"no container runtime answers at {socket}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_WithoutRoot_SaysSo()
    {
        SkipWhereBerthCannotRun();
        // Without a home too: the binary unpacks nothing.
        var (code, text) = await ProgramRun.ToEndAsync(
            "env", ["HOME=/nonexistent", "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", BerthInstance.BinaryPath!, "up", "--data-dir", DataDirectory], null, TimeSpan.FromMinutes(1), Cancellation);

        // Where the checkout is in a directory of root's alone, nobody else can run it at all.
        Assert.SkipWhen(text.Contains("Permission denied", StringComparison.Ordinal), "nobody but root can read the checkout");
        Assert.Equal(1, code);
        Assert.Contains("berth up needs root", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_OnAFullDisk_SaysThatTheStoreIsFull()
    {
        SkipWhereBerthCannotRun();
        Directory.CreateDirectory(DataDirectory);
        var (mounting, said) = await ProgramRun.ToEndAsync("mount", ["-t", "tmpfs", "-o", "size=200k", "berth-test", DataDirectory], null, TimeSpan.FromMinutes(1), Cancellation);
        Assert.SkipWhen(mounting != 0, $"no file system can be mounted here: {said}");
        _mounted = true;

        var (code, text) = await UpAsync($"--listen 127.0.0.1:7656 {Ranges}");

        Assert.Equal(1, code);
        Assert.Contains("no space left", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at Berth", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_OfADirectoryOfOthers_IsRefused()
    {
        SkipWhereBerthCannotRun();
        var (code, text) = await ProgramRun.ToEndAsync(BerthInstance.BinaryPath!, ["down", "--purge", "--data-dir", _directory], null, TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal(1, code);
        Assert.Contains("is not the data directory of a berth", text, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_directory));
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(DataDirectory, "berth-data")))
            await ProgramRun.ToEndAsync(BerthInstance.BinaryPath!, ["down", "--purge", "--data-dir", DataDirectory], null, TimeSpan.FromMinutes(2), CancellationToken.None);
        if (_mounted)
            await ProgramRun.ToEndAsync("umount", ["-l", DataDirectory], null, TimeSpan.FromMinutes(1), CancellationToken.None);
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    private static void SkipWhereBerthCannotRun() => Assert.SkipWhen(BerthInstance.CannotRun is not null, BerthInstance.CannotRun ?? "");

    private Task<(int ExitCode, string Text)> UpAsync(string options)
    {
        SkipWhereBerthCannotRun();
        return ProgramRun.ToEndAsync(BerthInstance.BinaryPath!, ["up", "--data-dir", DataDirectory, .. options.Split(' ')], null, TimeSpan.FromMinutes(2), Cancellation);
    }
}

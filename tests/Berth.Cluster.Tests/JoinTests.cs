using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Cluster.Tests;

/// <summary>How machines join, and what they are told when they cannot.</summary>
public sealed partial class JoinTests(ClusterLab lab)
{
    [Fact]
    public async Task Tokens_AreMadeListedAndDeleted()
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        var token = await TokenAsync("--description", "for a test", "--ttl", "30m");
        Assert.Matches(TokenForm(), token);
        var list = (await lab.BerthAsync("token", "list")).Text;
        Assert.Contains(token[..6], list, StringComparison.Ordinal);
        Assert.Contains("for a test", list, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Split('.')[1][..16], list, StringComparison.Ordinal);
        Assert.Equal(0, (await lab.BerthAsync("token", "delete", token[..6])).ExitCode);
        await RefusedAsync(token, $"the server does not accept the token {token[..6]}: it is wrong, has expired or was deleted", "berth token create");
    }

    [Fact]
    public async Task Token_OfOneSecond_ExpiresAndIsTakenAway()
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        var token = await TokenAsync("--ttl", "1s");
        await lab.UntilAsync(async () => (await lab.BerthAsync("token", "list")).Text, t => !t.Contains(token[..6], StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        await RefusedAsync(token, "has expired", "berth token create");
    }

    [Fact]
    public async Task Token_OfAnotherCluster_IsNotTrusted()
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        var token = await TokenAsync("--ttl", "30m");
        await RefusedAsync(token[..^8] + "00000000", "is not the one that the token is for", "somebody may be in between");
    }

    [Theory]
    [InlineData("abcdef.0123456789abcdef", "the hash of the cluster's authority is missing")]
    [InlineData("abcdef@sha256:00", "its first part is not ID.SECRET")]
    [InlineData("abcdef.0123456789abcdef@sha256:00", "is not a hash of 64")]
    public async Task Token_ThatIsNone_IsToldAtOnce(string token, string problem)
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        await RefusedAsync(token, problem, "ID.SECRET@sha256:HASH");
    }

    [Fact]
    public async Task Agent_WithoutServer_SaysSo()
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        await RefusedAsync(null, "has not joined a cluster yet", "--join https://HOST:6443 --token TOKEN");
        await RefusedAsync("abcdef.0123456789abcdef@sha256:" + new string('0', 64), "cannot be reached", "listens on an address", "https://10.95.7.1:1");
    }

    [Fact]
    public async Task Agent_ByAClockThatIsWrong_IsToldWhichWay()
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        // A server that answers as from yesterday, for the look at the clock comes before any trust.
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Parse("10.95.7.1"), 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ClusterLab.Cancellation);
        var serving = OldServer.ServeAsync(listener, TimeSpan.FromHours(-26), stop.Token);
        await RefusedAsync("abcdef.0123456789abcdef@sha256:" + new string('0', 64), "the clock of this machine is 26 hours ahead of the server's", "NTP", $"https://10.95.7.1:{port.ToString(CultureInfo.InvariantCulture)}");
        await stop.CancelAsync();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task Up_WithARangeInUse_IsRefused()
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        var directory = Path.Combine(lab.Directory, "second");
        var (code, text) = await lab.InsideAsync(1, ClusterLab.Binary!, "up", "--data-dir", directory, "--listen", "127.0.0.1:7699", "--pod-cidr", "10.100.0.0/16", "--service-cidr", "10.102.0.0/16");
        Assert.Equal(1, code);
        Assert.Contains("the range 10.100.0.0/16 of --pod-cidr overlaps 10.100.", text, StringComparison.Ordinal);
        Assert.Contains("another berth of this machine uses it", text, StringComparison.Ordinal);
        await lab.InsideAsync(1, ClusterLab.Binary!, "down", "--purge", "--data-dir", directory);
    }

    private async Task<string> TokenAsync(params string[] arguments)
    {
        var (code, text) = await lab.BerthAsync(["token", "create", .. arguments]);
        Assert.True(code == 0, text);
        return text.Split('\n').Single(l => TokenForm().IsMatch(l));
    }

    private async Task RefusedAsync(string? token, string problem, string remedy, string? server = null)
    {
        var directory = Path.Combine(lab.Directory, "stranger");
        string[] joining = token is null ? [] : ["--join", server ?? lab.Server, "--token", token];
        var (code, text) = await lab.InsideAsync(1, [ClusterLab.Binary!, "agent", "--data-dir", directory, "--node-name", "stranger", .. joining]);
        Assert.Equal(1, code);
        Assert.Contains(problem, text, StringComparison.Ordinal);
        Assert.Contains(remedy, text, StringComparison.Ordinal);
        Assert.DoesNotContain("stranger", await lab.KubectlAsync("get", "nodes", "-o", "name"), StringComparison.Ordinal);
    }

    [GeneratedRegex("^[a-z0-9]{6}\\.[a-z0-9]{16}@sha256:[0-9a-f]{64}$", RegexOptions.CultureInvariant)]
    private static partial Regex TokenForm();
}

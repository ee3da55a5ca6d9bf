using System.Text.Json.Nodes;

namespace Berth.Samples.Tests;

/// <summary>A Berth's own life: killed and started again, purged.</summary>
[Collection("berth")]
public sealed class LifeTests : IAsyncDisposable
{
    private BerthInstance? _berth;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_ThenUp_FindsThePodsAsTheyWere()
    {
        var berth = await StartAsync(port: 7654, range: 74);
        var before = await ContainersAsync(berth);
        Assert.Equal(6, before.Count);
        var address = (await berth.KubectlAsync(Cancellation, "get", "pods", "-l", "app=web", "-o", "jsonpath={.items[0].status.podIP}")).Trim();

        await berth.KillAsync(Cancellation);
        using (var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) })
            Assert.Contains("Served by Berth", await http.GetStringAsync(new Uri($"http://{address}/"), Cancellation), StringComparison.Ordinal);

        await berth.UpAsync(demo: false, Cancellation);
        Assert.Contains("Served by Berth", await berth.KubectlAsync(Cancellation, "exec", "members-1", "--", "wget", "-qO-", "http://web"), StringComparison.Ordinal);
        // Controllers, scheduler and node work again, and leave alone what runs.
        await berth.KubectlAsync(Cancellation, "scale", "deployment/web", "--replicas=4");
        await berth.KubectlAsync(Cancellation, "rollout", "status", "deployment/web", "--timeout=100s");
        var after = await ContainersAsync(berth);
        Assert.Equal(before.Order(), after.Where(c => before.Any(b => b.Pod == c.Pod)).Order());
        Assert.Equal(before.Count + 1, after.Count);
    }

    [Fact]
    public async Task Terminate_WithAWatchAProxyAndAnExecAttached_EndsInGoodOrder()
    {
        var berth = await StartAsync(port: 7657, range: 80);

        // A second one in the same directory is refused, and the first one goes on.
        var (code, text) = await ProgramRun.ToEndAsync(BerthInstance.BinaryPath!, ["up", "--data-dir", berth.DataDirectory], null, TimeSpan.FromMinutes(1), Cancellation);
        Assert.Equal(1, code);
        Assert.Contains("a berth already runs in", text, StringComparison.Ordinal);

        // An object that is too large is refused as such.
        var large = Path.Combine(berth.DataDirectory, "large");
        await File.WriteAllTextAsync(large, new string('x', 4 * 1024 * 1024), Cancellation);
        (code, text) = await ProgramRun.ToEndAsync("kubectl", ["create", "configmap", "large", $"--from-file={large}"], berth.Kubeconfig, TimeSpan.FromMinutes(1), Cancellation);
        Assert.NotEqual(0, code);
        Assert.Contains("too l", text, StringComparison.OrdinalIgnoreCase);

        using var attached = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<(int ExitCode, string Text)> Attach(params string[] arguments) =>
            ProgramRun.ToEndAsync("kubectl", arguments, berth.Kubeconfig, TimeSpan.FromMinutes(3), attached.Token);
        var exec = Attach("exec", "members-0", "--", "sh", "-c", "echo here; sleep 1000");
        var proxy = Attach("proxy", "--port=7658");
        var watch = Attach("get", "pods", "--watch");
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var line = await FirstLineAsync(http, new Uri("http://127.0.0.1:7658/api/v1/pods?watch=1"));
        Assert.Contains("ADDED", line, StringComparison.Ordinal);

        // Its own limit for requests that are under way is 5 s; a slow machine gets six times that.
        await berth.TerminateAsync(TimeSpan.FromSeconds(30), Cancellation);
        await exec;
        await attached.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => proxy);
        await Task.WhenAny(watch);
        await berth.UpAsync(demo: false, Cancellation);
    }

    [Fact]
    public async Task Purge_OfABerthWithPods_LeavesNothing()
    {
        var berth = await StartAsync(port: 7655, range: 76);
        var namespaces = Leftovers.NetworkNamespaces(berth.DataDirectory);
        var ports = Leftovers.BridgePorts(berth.DataDirectory);
        Assert.True(namespaces.Count >= 6, $"six pods have namespaces of their own, found: {string.Join(' ', namespaces)}");
        Assert.True(ports.Count >= 6, $"six pods have interfaces on the bridge, found: {string.Join(' ', ports)}");
        // What is not seen while it is there would not be missed either.
        var there = await Leftovers.OfAsync(berth.DataDirectory, namespaces, ports, Cancellation);
        foreach (var sort in new[] { "process", "mount", "interface", "nftables", "cgroup", "file" })
            Assert.Contains(there, l => l.StartsWith(sort + ":", StringComparison.Ordinal));

        await berth.PurgeAsync(Cancellation);
        Assert.Empty(await Leftovers.OfAsync(berth.DataDirectory, namespaces, ports, Cancellation));
    }

    // The proxy needs a moment to listen.
    private static async Task<string?> FirstLineAsync(HttpClient http, Uri address)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                var reader = new StreamReader(await http.GetStreamAsync(address, deadline.Token));
                return await reader.ReadLineAsync(deadline.Token);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, deadline.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_berth is null)
            return;
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(await _berth.SituationAsync(CancellationToken.None));
        if (Directory.Exists(_berth.DataDirectory))
            await _berth.PurgeAsync(CancellationToken.None);
    }

    private async Task<BerthInstance> StartAsync(int port, int range)
    {
        Assert.SkipWhen(BerthInstance.CannotRun is not null, BerthInstance.CannotRun ?? "");
        _berth = new BerthInstance(port, range);
        await _berth.UpAsync(demo: true, Cancellation);
        return _berth;
    }

    // Of the long-running pods.
    private static async Task<IReadOnlyList<(string Pod, string Container, int Restarts, string StartedAt)>> ContainersAsync(BerthInstance berth)
    {
        var pods = JsonNode.Parse(await berth.KubectlAsync(Cancellation, "get", "pods", "-l", "app in (web,members)", "-o", "json"))!;
        return [.. pods["items"]!.AsArray().Select(p =>
        {
            var status = p!["status"]!["containerStatuses"]![0]!;
            return ((string)p["metadata"]!["name"]!, (string)status["containerID"]!, (int)status["restartCount"]!, (string?)status["state"]!["running"]?["startedAt"] ?? "not running");
        })];
    }
}
